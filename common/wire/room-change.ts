import { fixed, list8, struct, u32, u8, type Value, vec16 } from '../bytes/codec.js';
import { ROOM_MEMBERS_MAX, SIGNATURE_BYTES_MAX } from './limits.js';
import { username } from './username.js';

/** A change of a room's members, docs/PROTOCOL.md part 10, Changes. */

export const actions = { make: 0, add: 1, leave: 2, remove: 3, admin: 4 } as const;
export type Action = keyof typeof actions;

const fingerprint = (field: string) => fixed(field, 32);

const member = struct('member', {
  username: username('member'), fingerprint: fingerprint('fingerprint'), admin: u8('admin', { max: 1 }),
});
export type Member = Value<typeof member>;

const unsigned = {
  number: u32('number'),
  /** SHA-256 of the change before, or what makes a new room unlike all others. */
  previous: fingerprint('previous'),
  author: username('author'),
  authorKey: fingerprint('fingerprint'),
  action: u8('action', { max: 4 }),
  target: username('target'),
  targetKey: fingerprint('fingerprint'),
  members: list8('members', member, { max: ROOM_MEMBERS_MAX }),
};

export const changeWithoutSignature = struct('change', unsigned);
export const change = struct('change', { ...unsigned, signature: vec16('signature', { min: 1, max: SIGNATURE_BYTES_MAX }) });
export type UnsignedChange = Value<typeof changeWithoutSignature>;
export type Change = Value<typeof change>;

export const actionOf = ({ action }: UnsignedChange): Action =>
  (Object.keys(actions) as Action[]).find((name) => actions[name] === action)!;
