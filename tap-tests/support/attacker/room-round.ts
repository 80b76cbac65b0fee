import { Fields, u32, u8, vec16, vec8 } from './bytes.js';
import { expand, fingerprintOf, gcmOpen, gcmSeal, hmac, sha256 } from './primitives.js';

/** The bodies and the hashes of a round (docs/PROTOCOL.md, part 10), formula by formula. */

export interface Start {
  readonly epoch: number;
  readonly head: Buffer;
  /** T of the epoch before. */
  readonly T: Buffer;
  readonly commitment: Buffer;
  readonly names: readonly string[];
  readonly m1: Buffer;
}

export const NO_EPOCH = Buffer.alloc(32);

export const writeStart = ({ epoch, head, T, commitment, names, m1 }: Start): Buffer =>
  Buffer.concat([u32(epoch), head, T, commitment, u8(names.length), ...names.map((name) => vec8(name)), vec16(m1)]);

export function readStart(body: Buffer): Start {
  const fields = new Fields(body);
  const start = {
    epoch: fields.u32(), head: fields.take(32), T: fields.take(32), commitment: fields.take(32),
    names: fields.many(() => fields.vec8().toString('latin1')), m1: fields.vec16(),
  };
  fields.end();
  return start;
}

export const sessionOf = (room: string, leader: string, start: Buffer): Buffer =>
  sha256(vec8(room), vec8(leader), start);

export function roundT0(S: Buffer, leader: string, other: string, leaderSpki: Buffer, otherSpki: Buffer): Buffer {
  const fingerprints = [fingerprintOf(leaderSpki), fingerprintOf(otherSpki)];
  return sha256('MessageApp/2 room exchange', S, vec8(leader), vec8(other), ...fingerprints);
}

export const commitTo = (spki: Buffer, nonce: Buffer): Buffer =>
  sha256('MessageApp/2 room commitment', fingerprintOf(spki), nonce);

export interface Committed {
  readonly name: string;
  readonly commitment: Buffer;
}

export const writeCommitments = (S: Buffer, list: readonly Committed[]): Buffer =>
  Buffer.concat([
    S.subarray(0, 16), u8(list.length), ...list.flatMap(({ name, commitment }) => [vec8(name), commitment]),
  ]);

/** Cuts off the first 16 bytes of S, which must be those of this round. */
export function behindS(S: Buffer, body: Buffer): Fields {
  const fields = new Fields(body);
  if (!fields.take(16).equals(S.subarray(0, 16))) throw new Error('a body of another round');
  return fields;
}

export function readCommitments(S: Buffer, body: Buffer): Committed[] {
  const fields = behindS(S, body);
  const list = fields.many(() => ({ name: fields.vec8().toString('latin1'), commitment: fields.take(32) }));
  fields.end();
  return list;
}

const IV = Buffer.alloc(12);
const aad = (S: Buffer, kind: number): Buffer => Buffer.concat([S.subarray(0, 16), u8(kind)]);

/** @returns tag (16 bytes) ‖ ciphertext */
export const sealOnce = (key: Buffer, S: Buffer, kind: number, plaintext: Buffer): Buffer =>
  gcmSeal(key, IV, aad(S, kind), plaintext);

export const openOnce = (key: Buffer, S: Buffer, kind: number, sealed: Buffer): Buffer =>
  gcmOpen(key, IV, aad(S, kind), sealed);

/** Whose nonce, with the signature that it is theirs in this round. */
export interface Revealed {
  readonly nonce: Buffer;
  readonly signature: Buffer;
}

export const contributionStatement = (C: Buffer, name: string, nonce: Buffer): Buffer =>
  Buffer.concat([Buffer.from('MessageApp/2 room contribution\0'), sha256(C, vec8(name), nonce)]);

export const writeRevealed = (list: readonly Revealed[]): Buffer =>
  Buffer.concat(list.flatMap(({ nonce, signature }) => [nonce, vec16(signature)]));

export function readRevealed(plaintext: Buffer, count: number): Revealed[] {
  const fields = new Fields(plaintext);
  const list = Array.from({ length: count }, () => ({ nonce: fields.take(32), signature: fields.vec16() }));
  fields.end();
  return list;
}

/** What a round agrees on. */
export interface Agreement {
  readonly room: string;
  readonly epoch: number;
  readonly T: Buffer;
  readonly PRK: Buffer;
  readonly names: readonly string[];
}

export function agreeOn(
  room: string, { epoch, head, T: before }: Start, C: Buffer, names: readonly string[], nonces: readonly Buffer[],
): Agreement {
  const T = sha256('MessageApp/2 room epoch', vec8(room), u32(epoch), head, before, C);
  return { room, epoch, T, PRK: hmac(T, Buffer.concat(nonces)), names };
}

export const tagOf = (PRK: Buffer, name: string): Buffer =>
  hmac(expand(PRK, 'MessageApp/2 room confirmation', 32), vec8(name));
export const senderChain = (PRK: Buffer, name: string): Buffer => expand(PRK, `MessageApp/2 room sender ${name}`, 32);

/** Four groups of five digits. */
export function roomNumber(PRK: Buffer): string {
  const x = expand(PRK, 'MessageApp/2 room number', 20);
  return [0, 5, 10, 15].map((at) => String(x.readUIntBE(at, 5) % 100_000).padStart(5, '0')).join(' ');
}
