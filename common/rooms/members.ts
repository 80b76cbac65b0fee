import { WireError } from '../errors.js';
import { ROOM_MEMBERS_MAX } from '../wire/limits.js';
import { type Action, actionOf, actions, type Member, type UnsignedChange } from '../wire/room-change.js';

/**
 * Who may change a room's list of members, and what follows from it (docs/PROTOCOL.md part 10, Changes). The relay and
 * every member apply the same rules; signatures and hashes are checked beside.
 */

/** A party as a change names it. */
export interface Named {
  readonly username: string;
  /** 32 bytes. */
  readonly fingerprint: Buffer;
}

export type Members = readonly Member[];

export const memberOf = (members: Members, username: string): Member | undefined =>
  members.find((member) => member.username === username);

/** The list after an action. Throws WireError 'malformed' with the reason where the author may not, or it cannot be. */
export function membersAfter(before: Members, author: Named, action: Action, target: Named): Members {
  if (action === 'make') return made(before, author);
  if (!isIn(before, author)) throw refused('its author is not a member with this key');
  const own = same(author, target);
  if (action === 'add') return added(before, target);
  if (!isIn(before, target)) throw refused('whom it is about is not a member with this key');
  if (action === 'leave' ? !own : !memberOf(before, author.username)!.admin) throw refused('its author may not do that');
  if (action === 'admin') return promoted(before, target);
  if (action === 'remove' && own) throw refused('nobody removes himself');
  return withAdmin(before.filter(({ username }) => username !== target.username));
}

function made(before: Members, { username, fingerprint }: Named): Members {
  if (before.length > 0) throw refused('the room is there already');
  return [{ username, fingerprint, admin: 1 }];
}

function added(before: Members, { username, fingerprint }: Named): Members {
  if (before.some((each) => each.username === username || each.fingerprint.equals(fingerprint))) {
    throw refused('whom it adds is a member');
  }
  if (before.length >= ROOM_MEMBERS_MAX) throw refused(`it has ${ROOM_MEMBERS_MAX} members, which is the most`);
  return [...before, { username, fingerprint, admin: 0 }];
}

function promoted(before: Members, target: Named): Members {
  if (memberOf(before, target.username)!.admin) throw refused('that one is an admin');
  return before.map((each) => (each.username === target.username ? { ...each, admin: 1 } : each));
}

/** A room that has members has an admin: the one who has been there longest. */
function withAdmin(members: Members): Members {
  if (members.length === 0 || members.some(({ admin }) => admin)) return members;
  return members.map((each, index) => (index === 0 ? { ...each, admin: 1 } : each));
}

/** Throws WireError 'malformed' where a change does not say exactly what follows from the list before it. */
export function checkMembers(before: Members, change: UnsignedChange): void {
  const author = { username: change.author, fingerprint: change.authorKey };
  const target = { username: change.target, fingerprint: change.targetKey };
  const isMake = change.action === actions.make;
  if (isMake !== (change.number === 0)) throw refused('a make has the number 0, and nothing else has');
  if (isMake && !same(author, target)) throw refused('it makes a room for somebody else');
  const due = membersAfter(before, author, actionOf(change), target);
  const said = change.members;
  const fits = said.length === due.length
    && due.every((each, index) => same(each, said[index]!) && each.admin === said[index]!.admin);
  if (!fits) throw refused('its list is not the one that follows');
}

const same = (one: Named, other: Named) =>
  one.username === other.username && one.fingerprint.equals(other.fingerprint);

function isIn(members: Members, { username, fingerprint }: Named): boolean {
  return memberOf(members, username)?.fingerprint.equals(fingerprint) ?? false;
}

const refused = (why: string) => new WireError('malformed', `A change of a room's members is not allowed: ${why}.`);
