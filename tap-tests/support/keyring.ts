import { Chain } from './attacker/conversation.js';
import { expand, gcmOpen, hmac } from './attacker/primitives.js';
import type { RoomMember } from './attacker/room-member.js';
import { senderChain } from './attacker/room-round.js';

/** More steps than a test has texts. */
const STEPS = 12;
const HEADER = 40;

/** Every key that follows from what a member has kept of its epochs: chains of all, forwards, and whatever was a secret. */
export function keyringOf(member: RoomMember, names: readonly string[]): Buffer[] {
  const secrets = [...member.kept, ...member.epochs.flatMap(({ chains }) => [...chains.values()].map(({ chain }) => chain))];
  const begins = secrets.flatMap((each) => [each, ...names.map((name) => senderChain(each, name))]);
  return begins.flatMap((each) => {
    const chain = new Chain(each);
    const keys = [each, hmac(each, each), expand(each, 'MessageApp/2 room confirmation', 32)];
    for (let step = 0; step < STEPS; step += 1) {
      keys.push(chain.messageKey, chain.chain);
      chain.step();
    }
    return keys;
  });
}

/** The plaintext of a record, if one of these keys opens it. */
export function openWith(keys: readonly Buffer[], record: Buffer): Buffer | undefined {
  const aad = record.subarray(0, HEADER);
  return firstOf(keys, (key) => gcmOpen(key, aad.subarray(16, 28), aad, record.subarray(HEADER)));
}

/** What is sealed once in a round, behind `at` bytes. */
export function openStepWith(keys: readonly Buffer[], kind: number, body: Buffer, at = 16): Buffer | undefined {
  const aad = Buffer.concat([body.subarray(0, 16), Buffer.from([kind])]);
  return firstOf(keys, (key) => gcmOpen(key, Buffer.alloc(12), aad, body.subarray(at)));
}

function firstOf(keys: readonly Buffer[], open: (key: Buffer) => Buffer): Buffer | undefined {
  for (const key of keys) {
    try {
      return open(key);
    } catch {
      continue;
    }
  }
  return undefined;
}
