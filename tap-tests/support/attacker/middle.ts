import { randomBytes } from 'node:crypto';
import { Conversation, pubk } from './conversation.js';
import type { FalseRelay } from './false-relay.js';
import type { Person } from './primitives.js';
import type { Enrolled, Switchboard } from './switchboard.js';

export interface Pose {
  /** In whose name. */
  readonly as: string;
  /** Towards which guest, who has called or was called. */
  readonly to: string;
  readonly role: 'caller' | 'receiver';
  readonly own: Person;
  /** What is handed out as key and certificates; the own key if left out. */
  readonly told?: Enrolled;
}

/** Hands out a key to a guest who waits for one, and runs the exchange in the name of its peer. */
export function pose(relay: FalseRelay, board: Switchboard, { as, to, role, own, told }: Pose): Promise<Conversation> {
  const { session } = relay.guest(to)!;
  const conversation = randomBytes(8);
  const about = told ?? { spki: own.spki, certificates: [] };
  session.say(pubk({ conversation, role: role === 'caller' ? 'receiver' : 'caller', peer: as, ...about }));
  return Conversation.begin(session, { conversation, role, peer: to, ...board.people.get(to)! }, own, { as });
}

/** What the attacker has of two who believe that they talk to each other. */
export interface Middle {
  /** As the receiver, towards the caller. */
  readonly withCaller: Conversation;
  /** As the caller, towards the receiver. */
  readonly withReceiver: Conversation;
}

/**
 * Takes the next call that is accepted, and runs both exchanges. It resolves once both have opened.
 * @param told what the caller is told about the receiver
 */
export function stepBetween(relay: FalseRelay, board: Switchboard, own: Person, told?: Enrolled): Promise<Middle> {
  return new Promise((resolve, reject) => {
    board.onAccept = (caller, receiver) => void Promise.all([
      pose(relay, board, { as: receiver, to: caller, role: 'receiver', own, ...(told ? { told } : {}) }),
      pose(relay, board, { as: caller, to: receiver, role: 'caller', own }),
    ]).then(([withCaller, withReceiver]) => resolve({ withCaller, withReceiver }), reject);
  });
}
