/** Of one conversation: a day of talk. A thousand texts may wait in the engine, whose marks are still to come. */
export const ITEMS_MAX = 2_000;

/** Over all conversations, in characters: a page that is opened gets all of it at once, and reads it in a second. */
export const SIZE_MAX = 16 * 1024 * 1024;

/** Counted for each item on top of its text: its name, id, time and mark, so that empty texts are not for nothing. */
export const ITEM_SIZE = 128;

/** More than a person talks with, and a list that can still be searched at each event. */
export const CONVERSATIONS_MAX = 512;

/** Of these, those in which nothing was ever said: so many strangers may ask before the oldest of them is forgotten. */
export const STRANGERS_MAX = 128;

/** A screen of them; the newest count. */
export const NOTICES_MAX = 50;

/** A room has at most 64 members (docs/PROTOCOL.md part 10); strangers who would like to be one are not more. */
export const KNOCKS_MAX = 64;

/** Sentences, in characters: the longest lists the 64 members of a room. */
export const LINE_MAX = 2_000;
