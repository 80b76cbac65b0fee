/** Where words go: to a user in a chat, or to all in a room. */
export type Place = { readonly with: string } | { readonly room: string };

/** `bob` or `#kitchen`: no username has a #, so that a room is never taken for the user of the same name. */
export const keyOf = (place: Place): string => ('room' in place ? roomKey(place.room) : place.with);

export const roomKey = (room: string): string => `#${room}`;

/** Without what else is in an event, or in what is in front. */
export const placeOf = (place: Place): Place => ('room' in place ? { room: place.room } : { with: place.with });

/** How a place is spoken of where it is clear that it is one. */
export const nameOf = (place: Place): string => ('room' in place ? place.room : place.with);

/** A chat or a room, and how many texts in it are unread. */
export interface Open {
  readonly place: Place;
  readonly unread: number;
}

/** As a person calls them: a room that has the name of a chat is written with its #. */
export function openPlaces(
  chats: ReadonlyMap<string, number>, rooms: ReadonlyMap<string, { readonly unread: number }>,
): Map<string, Open> {
  const places = new Map<string, Open>();
  for (const [name, unread] of chats) places.set(name, { place: { with: name }, unread });
  for (const [room, { unread }] of rooms) {
    places.set(chats.has(room) ? roomKey(room) : room, { place: { room }, unread });
  }
  return places;
}

/** By the name that a person typed; with a # it is a room, and no user. */
export function findPlace(places: ReadonlyMap<string, Open>, name: string): Open | undefined {
  if (!name.startsWith('#')) return places.get(name);
  return [...places.values()].find(({ place }) => keyOf(place) === name);
}
