/** Bytes of UTF-8 of one text: in a chat, in a signed one, in a room (docs/PROTOCOL.md parts 5, 11 and 10). */
export const CHAT_TEXT_MAX = 65_412;
export const SIGNED_TEXT_MAX = 64_882;
export const ROOM_TEXT_MAX = 64_860;

/** From here on the page counts aloud. */
export const COUNTED_FROM = 60_000;

const encoder = new TextEncoder();

export const bytesOf = (text: string): number => encoder.encode(text).length;
