import { type Codec, fixed, list8, rest, struct, u32, type Value, vec16 } from '../bytes/codec.js';
import { NONCE } from './bodies.js';
import { CELL, ROOM_MEMBERS_MAX, SIGNATURE_BYTES_MAX } from './limits.js';
import { roomId } from './room-commands.js';
import { username } from './username.js';

/** The bodies of a round, docs/PROTOCOL.md part 10, A round. */

const HASH = 32;
const TAG = 16;
const round = roomId('round');
const participants = { min: 2, max: ROOM_MEMBERS_MAX };

export const start = struct('start', {
  epoch: u32('epoch'),
  head: fixed('head', HASH),
  before: fixed('epoch before', HASH),
  commitment: fixed('commitment', HASH),
  names: list8('names', username('name'), participants),
  body1: vec16('M1', { max: CELL }),
});
export type Start = Value<typeof start>;

export const answerBody = struct('answer', { round, commitment: fixed('commitment', HASH), body2: vec16('M2', { max: CELL }) });

export const commitments = struct('commitments', {
  round,
  list: list8('commitments', struct('one', { name: username('name'), commitment: fixed('commitment', HASH) }), participants),
});
export type Commitments = Value<typeof commitments>;

/** W, 32 bytes, sealed. */
export const share = struct('share', { round, body3: vec16('M3', { max: CELL }), sealed: fixed('W', TAG + 32) });

export const contributionBody = struct('contribution', { round, sealed: rest('contribution', { min: TAG, max: CELL }) });

/** What is in a contribution, and in contributions once for each participant. */
export const contribution = struct('contribution', {
  nonce: fixed('nonce', NONCE),
  signature: vec16('signature', { min: 1, max: SIGNATURE_BYTES_MAX }),
});
export type Contribution = Value<typeof contribution>;

export const contributionsBody = struct('contributions', {
  round, sealed: rest('contributions', { min: TAG, max: TAG + ROOM_MEMBERS_MAX * (NONCE + 2 + SIGNATURE_BYTES_MAX) }),
});

/** As many as there are commitments, in their order. */
export const contributions = (count: number): Codec<readonly Contribution[]> => ({
  field: 'contributions',
  write: (writer, values) => values.forEach((value) => contribution.write(writer, value)),
  read: (reader) => Array.from({ length: count }, () => contribution.read(reader)),
});

export const tagBody = struct('tag', { round, tag: fixed('tag', HASH) });

export const doneBody = struct('done', { round, tags: rest('tags', { min: 2 * HASH, max: ROOM_MEMBERS_MAX * HASH }) });

export const receiptContent = struct('receipt', { texts: u32('texts'), hash: fixed('hash', HASH) });
