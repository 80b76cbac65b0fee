import { privateIdentity } from '../../common/crypto/identity.js';
import { makeEd25519Pair, makeRsaPair } from '../../common/crypto/node.js';
import { RsaEphemeral, suiteById, type EphemeralKey, type Suite, X25519Ephemeral, x25519Suite } from '../../common/crypto/suite.js';
import { Conversation } from '../../client/engine/conversation/conversation.js';
import type { ConversationPorts, Ended } from '../../client/engine/conversation/ports.js';
import { ManualClock } from './manual-clock.js';
import { telling } from './told.js';

export const CONVERSATION = '0123456789abcdef';

/** What one side was told, in order, each as a short line. */
export interface Side {
  readonly name: string;
  readonly told: string[];
  readonly conversation: Conversation;
  ended: Ended | undefined;
  failure: Error | undefined;
}

export interface PairOptions {
  readonly suite?: Suite;
  readonly clock?: ManualClock;
  /** Changes, drops (undefined) or repeats what passes; the payload is that of a `frwd`. */
  relay?: (payload: Buffer, from: 'alice' | 'bob') => readonly Buffer[];
  /** What alice is told is bob's key, and the other way round; a wrong one is the relay's lie. */
  readonly lie?: 'to-caller' | 'to-receiver';
}

/** Two conversations and nothing between them but `relay`: alice calls, bob was called. */
export function conversationPair({ suite = x25519Suite, clock = new ManualClock(), relay = (payload) => [payload], lie }: PairOptions = {}) {
  const keys = { alice: privateIdentity(makeEd25519Pair().privateKey), bob: privateIdentity(makeEd25519Pair().privateKey) };
  const anybody = privateIdentity(makeEd25519Pair().privateKey);
  const sides = new Map<string, Side>();
  const options = { relay, hold: false };
  const held: (() => void)[] = [];

  const make = (name: 'alice' | 'bob', peer: 'alice' | 'bob'): Side => {
    const told: string[] = [];
    const tell = (what: string) => () => void told.push(what);
    const shown = lie === (name === 'alice' ? 'to-caller' : 'to-receiver') ? anybody.public : keys[peer].public;
    const deliver = (payload: Buffer) => {
      for (const passed of options.relay(payload, name)) {
        const go = () => sides.get(peer)?.conversation.receive(passed.subarray(8));
        if (options.hold) held.push(go);
        else setImmediate(go);
      }
    };
    const ports: ConversationPorts = {
      id: CONVERSATION, role: name === 'alice' ? 'caller' : 'receiver',
      self: { username: name, fingerprint: keys[name].public.fingerprint, identity: keys[name] },
      peer: { username: peer, fingerprint: shown.fingerprint, identity: shown },
      suites: [suite], clock,
      ephemeral: async (offered) => ephemeralFor(offered),
      freshEphemeral: async (offered) => ephemeralFor(offered),
      submit: (_lane, send) => send(),
      forward: deliver,
      pin: async () => tell('pin')(),
      opened: (used) => told.push(`open ${used.name}`),
      ...telling(told),
      discarded: (id) => told.push(`discarded ${id ?? ''}`.trim()),
      renewed: tell('renewed'),
      failed: (error) => {
        side.failure = error;
      },
      ended: (how) => {
        side.ended = how;
        told.push(`ended ${how.reason} by ${how.by}`);
      },
    };
    const side: Side = { name, told, ended: undefined, failure: undefined, conversation: undefined as never };
    sides.set(name, side);
    (side as { conversation: Conversation }).conversation = new Conversation(ports);
    return side;
  };

  const bob = make('bob', 'alice');
  const alice = make('alice', 'bob');
  return {
    alice, bob, clock, options,
    /** Lets through what was held. */
    release() {
      options.hold = false;
      for (const go of held.splice(0)) setImmediate(go);
    },
  };
}

let rsaKey: ReturnType<typeof makeRsaPair> | undefined;

function ephemeralFor(offered: readonly number[]): EphemeralKey {
  if (suiteById(offered[0]!) === x25519Suite) return new X25519Ephemeral();
  rsaKey ??= makeRsaPair(2048);
  return new RsaEphemeral(rsaKey.privateKey);
}
