import type { ExchangeKeys } from '../../common/crypto/exchange.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../common/crypto/node.js';
import { Secret } from '../../common/crypto/secret.js';
import { X25519Ephemeral, x25519Suite } from '../../common/crypto/suite.js';
import { Channel } from '../../client/engine/conversation/channel.js';
import { Dialogue } from '../../client/engine/conversation/dialogue.js';
import type { ConversationPorts } from '../../client/engine/conversation/ports.js';
import type { Transcripts } from '../../client/transcript/transcripts.js';
import { ManualClock } from './manual-clock.js';
import { telling } from './told.js';

type Name = 'alice' | 'bob';

/** A dialogue that sends only when it is told that it may: `turn` gives leave for one message. */
export interface DialogueSide {
  readonly dialogue: Dialogue;
  readonly told: string[];
  readonly faults: unknown[];
  /** Records that were sealed, without the head of the `frwd`. */
  readonly sealed: Buffer[];
  /** Gives leave for one message, if one waits for it. */
  turn(): void;
  /** Gives leave until nothing waits. */
  turns(): void;
  /** Takes the records of the other side from the front. */
  takes(records: Buffer[], count?: number): Promise<void>;
}

const chain = (first: number) => new Secret(Buffer.alloc(32, first));
const keys = (): ExchangeKeys => ({ initiatorToResponder: chain(1), responderToInitiator: chain(2), renewal: chain(3) });

/** Two dialogues whose exchange is done: alice was the caller. No relay and no rate but what the test decides. */
export function dialoguePair(clock = new ManualClock(), transcripts?: Transcripts) {
  const identities = { alice: privateIdentity(makeEd25519Pair().privateKey), bob: privateIdentity(makeEd25519Pair().privateKey) };
  const party = (name: Name) => ({ username: name, fingerprint: identities[name].public.fingerprint });

  const make = (name: Name, peer: Name): DialogueSide => {
    const told: string[] = [];
    const faults: unknown[] = [];
    const sealed: Buffer[] = [];
    const tickets: (() => void)[] = [];
    const ports: ConversationPorts = {
      id: '0123456789abcdef', role: name === 'alice' ? 'caller' : 'receiver', suites: [x25519Suite], clock,
      self: { ...party(name), identity: identities[name] }, peer: { ...party(peer), identity: identities[peer].public },
      transcripts,
      ephemeral: async () => new X25519Ephemeral(),
      freshEphemeral: async () => new X25519Ephemeral(),
      submit: (_lane, send) => void tickets.push(send),
      forward: (payload) => void sealed.push(payload.subarray(9)),
      pin: async () => undefined,
      opened: () => undefined,
      ...telling(told),
      discarded: (id) => told.push(`discarded ${id ?? 'theirs'}`),
      renewed: () => told.push('renewed'),
      failed: (error) => faults.push(error),
      ended: () => told.push('ended'),
    };
    const channel = new Channel(ports.role, keys());
    const dialogue = new Dialogue(ports, channel, {
      goodbye: () => told.push('goodbye'), failed: (error) => faults.push(error), unwritten: (error) => faults.push(error),
    });
    const turn = () => tickets.shift()?.();
    return {
      dialogue, told, faults, sealed, turn,
      turns() {
        while (tickets.length > 0) turn();
      },
      async takes(records, count = records.length) {
        for (const record of records.splice(0, count)) {
          try {
            await dialogue.take(record);
          } catch (error) {
            faults.push(error);
          }
        }
      },
    };
  };

  const sides = { alice: make('alice', 'bob'), bob: make('bob', 'alice'), clock };
  sides.alice.dialogue.start();
  sides.bob.dialogue.start();
  return sides;
}
