import { randomBytes } from 'node:crypto';
import { Fields, u32, u8, vec16, vec8 } from './bytes.js';
import { fingerprintOf, type Person, publicKeyOf, sha256, signAs, verifies } from './primitives.js';

export const action = { make: 0, add: 1, leave: 2, remove: 3, admin: 4 } as const;
export const MEMBERS_MAX = 64;

/** A user by name and key. */
export interface Known {
  readonly name: string;
  readonly fingerprint: Buffer;
}

export interface Listed extends Known {
  readonly admin: boolean;
}

/** A change of docs/PROTOCOL.md, part 10, without its signature. */
export interface Change {
  readonly number: number;
  readonly previous: Buffer;
  readonly author: Known;
  readonly action: number;
  readonly target: Known;
  readonly members: readonly Listed[];
}

/** A change as it was said: what it says, its bytes, and their hash, which the next one holds on to. */
export interface Head {
  readonly change: Change;
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

const known = ({ name, fingerprint }: Known): Buffer => Buffer.concat([vec8(name), fingerprint]);
const listed = (each: Listed): Buffer => Buffer.concat([known(each), u8(Number(each.admin))]);

export const unsignedChange = ({ number, previous, author, action: which, target, members }: Change): Buffer =>
  Buffer.concat([
    u32(number), previous, known(author), u8(which), known(target), u8(members.length), ...members.map(listed),
  ]);

export const changeStatement = (room: string, unsigned: Buffer): Buffer =>
  Buffer.concat([Buffer.from('MessageApp/2 room change\0'), sha256(vec8(room), unsigned)]);

export const changeHash = (room: string, bytes: Buffer): Buffer => sha256(vec8(room), bytes);

/** The change as its author would say it, whoever signs. */
export function signedChange(room: string, change: Change, signer: Person): Head {
  const unsigned = unsignedChange(change);
  const bytes = Buffer.concat([unsigned, vec16(signAs(signer.privateKey, changeStatement(room, unsigned)))]);
  return { change, bytes, hash: changeHash(room, bytes) };
}

export function readChange(room: string, bytes: Buffer): Head {
  const fields = new Fields(bytes);
  const who = (): Known => ({ name: fields.vec8().toString('latin1'), fingerprint: fields.take(32) });
  const change = {
    number: fields.u32(), previous: fields.take(32), author: who(), action: fields.u8(), target: who(),
    members: fields.many((): Listed => ({ ...who(), admin: fields.u8() === 1 })),
  };
  fields.vec16();
  fields.end();
  return { change, bytes, hash: changeHash(room, bytes) };
}

/** Throws where the signature is not of this key. */
export function checkSignature(room: string, { change, bytes }: Head, spki: Buffer): void {
  const unsigned = unsignedChange(change);
  const signature = new Fields(bytes.subarray(unsigned.length)).vec16();
  must(bytes.subarray(0, unsigned.length).equals(unsigned), 'a change that does not encode to its own bytes');
  must(fingerprintOf(spki).equals(change.author.fingerprint), 'the author has another key than the change says');
  must(verifies(publicKeyOf(spki), changeStatement(room, unsigned), signature), 'the signature of a change is wrong');
}

const same = (one: Known, other: Known): boolean =>
  one.name === other.name && one.fingerprint.equals(other.fingerprint);

function must(holds: unknown, why: string): asserts holds {
  if (!holds) throw new Error(why);
}

/** The members after an action, or why there are none: the table of part 10, row for row. */
export function membersAfter(
  before: readonly Listed[], which: number, author: Known, target: Known,
): Listed[] {
  const by = before.find((each) => same(each, author));
  const of = before.find((each) => same(each, target));
  if (which === action.make) {
    must(before.length === 0 && same(author, target), 'a make of a room that is there, or by another');
    return [{ ...author, admin: true }];
  }
  must(by, 'the author is no member');
  if (which === action.add) {
    const is = ({ name, fingerprint }: Known) => name === target.name || fingerprint.equals(target.fingerprint);
    must(!before.some(is), 'the target is a member');
    must(before.length < MEMBERS_MAX, 'too many members');
    return [...before, { ...target, admin: false }];
  }
  must(of, 'the target is no member');
  if (which === action.admin) {
    must(by.admin && !of.admin, 'not by an admin, or of one');
    return before.map((each) => (each === of ? { ...each, admin: true } : each));
  }
  if (which === action.leave) must(by === of, 'a leave of another');
  else if (which === action.remove) must(by.admin && by !== of, 'a remove that is not by an admin, or of oneself');
  else throw new Error(`an action ${which}`);
  const left = before.filter((each) => each !== of);
  const [first, ...others] = left;
  return !first || left.some(({ admin }) => admin) ? left : [{ ...first, admin: true }, ...others];
}

/** Throws where the change does not follow from the head; `undefined`: there is no room yet. */
export function checkFollows({ change }: Head, head: Head | undefined): void {
  const { number, previous, author, action: which, target, members } = change;
  must(number === (head ? head.change.number + 1 : 0), `a change ${number} behind ${head?.change.number}`);
  must(!head || previous.equals(head.hash), 'a change that holds on to another');
  const due = membersAfter(head?.change.members ?? [], which, author, target);
  const says = Buffer.concat(members.map(listed));
  must(Buffer.concat(due.map(listed)).equals(says), 'another list of members than is due');
}

/** A change that follows from the head, by the rules; `edit` makes it follow from nothing. */
export function nextChange(
  room: string, head: Head | undefined, author: Known, which: number, target: Known, signer: Person,
  edit: Partial<Change> = {},
): Head {
  const number = head ? head.change.number + 1 : 0;
  const skeleton = { number, previous: head ? head.hash : randomBytes(32), author, action: which, target };
  const members = edit.members ?? membersAfter(head?.change.members ?? [], which, author, target);
  return signedChange(room, { ...skeleton, ...edit, members }, signer);
}

export const knownAs = (name: string, { spki }: { readonly spki: Buffer }): Known =>
  ({ name, fingerprint: fingerprintOf(spki) });
