import { Fields, u32, u64, u8, vec16, vec8 } from './bytes.js';
import type { Message } from './records.js';
import { message } from './session.js';

/** Kinds of `room` and `each` (docs/PROTOCOL.md, part 10). */
export const roomKind = {
  start: 1, answer: 2, commitments: 3, share: 4, contribution: 5, contributions: 6, tag: 7, done: 8, record: 9, ask: 10,
} as const;

const inRoom = (command: string, room: string, ...fields: readonly Buffer[]): Message =>
  message(command, Buffer.concat([vec8(room), ...fields]));

export const joinRoom = (room: string, next = 0): Message => inRoom('join', room, u32(next));
export const part = (room: string): Message => inRoom('part', room);
export const chng = (room: string, change: Buffer): Message => inRoom('chng', room, change);
export const toAll = (room: string, kind: number, body: Buffer): Message => inRoom('room', room, u8(kind), body);

/** A body for one of them. */
export type Addressed = readonly [name: string, body: Buffer];

export const toEach = (room: string, kind: number, bodies: readonly Addressed[]): Message =>
  inRoom('each', room, u8(kind), u8(bodies.length), ...bodies.flatMap(([name, body]) => [vec8(name), vec16(body)]));

export const askKeys = (names: readonly string[]): Message =>
  message('cert', Buffer.concat([u8(names.length), ...names.map((name) => vec8(name))]));

/** What a relay says in a room. */
export interface Said {
  readonly command: string;
  readonly room: string;
  /** `undefined` for `each`, `invt` and `knoc`, which are outside of the order. */
  readonly seq?: bigint;
  readonly from: string;
  readonly kind: number;
  /** A body, or the change. */
  readonly body: Buffer;
  /** Who is present, of a `join`. */
  readonly names: readonly string[];
}

const ordered = ['join', 'here', 'away', 'chng', 'room'];
export const roomCommands: readonly string[] = [...ordered, 'each', 'invt', 'knoc'];

export function readSaid({ command, payload }: Message): Said {
  const fields = new Fields(payload);
  const name = () => fields.vec8().toString('latin1');
  const nothing = { from: '', kind: 0, body: Buffer.alloc(0), names: [] as string[] };
  const base = { command, room: name(), ...(ordered.includes(command) ? { seq: fields.u64() } : {}) };
  if (command === 'chng') return { ...base, ...nothing, body: fields.rest() };
  if (command === 'room' || command === 'each') {
    return { ...base, ...nothing, from: name(), kind: fields.u8(), body: fields.rest() };
  }
  const said = { ...base, ...nothing, ...(command === 'join' ? { names: fields.many(name) } : { from: name() }) };
  fields.end();
  return said;
}

/** The same as a relay would say it, also one that lies. */
export function sayIn(command: string, room: string, said: Partial<Said>): Message {
  const { seq = 0n, from = '', kind = 0, body = Buffer.alloc(0), names = [] } = said;
  const parts = ordered.includes(command) ? [u64(seq)] : [];
  if (command === 'chng') parts.push(body);
  else if (command === 'join') parts.push(u8(names.length), ...names.map((name) => vec8(name)));
  else if (command === 'room' || command === 'each') parts.push(vec8(from), u8(kind), body);
  else parts.push(vec8(from));
  return inRoom(command, room, ...parts);
}

/** What `cert` of a server says: whose key, and none where there is no such user. */
export function readCert({ payload }: Message): { name: string; certificates: Buffer[]; spki: Buffer | undefined } {
  const fields = new Fields(payload);
  const [name, certificates, spki] = [fields.vec8().toString('latin1'), fields.list16(), fields.vec16()];
  fields.end();
  return { name, certificates, spki: spki.length ? spki : undefined };
}

export const saysCert = (name: string, spki: Buffer, certificates: readonly Buffer[] = []): Message =>
  message('cert', Buffer.concat([vec8(name), u8(certificates.length), ...certificates.map(vec16), vec16(spki)]));

/** The room in what an `erro` is about: the command, then the name of the room. */
export const aboutRoom = (command: string, room: string): Buffer => Buffer.from(command + room);
