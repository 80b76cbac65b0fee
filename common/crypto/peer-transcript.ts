import { encode, vec8 } from '../bytes/codec.js';
import { labels } from './labels.js';
import { sha256 } from './node.js';
import type { Party } from './safety-number.js';
import type { Secret } from './secret.js';

const name = (username: string) => encode(vec8('username', { min: 1, max: 16 }), Buffer.from(username, 'latin1'));

/** t0 of an exchange between peers (docs/PROTOCOL.md part 5): who talks to whom, with which keys, in which conversation. */
export function chatTranscript(conversation: string, caller: Party, receiver: Party): Buffer {
  return sha256(
    labels.chat, Buffer.from(conversation, 'hex'), name(caller.username), name(receiver.username),
    caller.fingerprint, receiver.fingerprint,
  );
}

/** t0 of a renewal: bound to the exchange before it by its renewal secret RS, 32 bytes. */
export function renewalTranscript(conversation: string, renewal: Secret): Buffer {
  return sha256(labels.renewal, Buffer.from(conversation, 'hex'), renewal.bytes);
}
