import type { Test } from 'tap';
import { type Suite, x25519Suite } from '../../common/crypto/suite.js';
import { type } from './attacker/conversation.js';
import { Resealer } from './attacker/resealer.js';
import { ChainThief } from './chain-thief.js';
import { CorruptScene, heldClock } from './corrupt-scene.js';
import type { Actor } from './scene.js';

export const isRenewal = (typeOf: number): boolean => typeOf >= type.renewal1 && typeOf <= type.renewal4;

/** A chat of which the relay has both chains of a moment, and what it does with them. */
export async function robbed(t: Test, suite: Suite = x25519Suite) {
  const thief = new ChainThief(t);
  const clock = heldClock();
  const corrupt = await CorruptScene.open(t, { clock });
  const [alice, bob] = await corrupt.chat({ suites: [suite] });
  const say = async (from: Actor, to: Actor, text: string) => {
    from.do({ do: 'say', with: to.name, text });
    await to.next('message', (event) => event.text === text);
  };
  await say(alice, bob, 'before');
  await say(bob, alice, 'before');
  await corrupt.pass(1_000);
  thief.steal();
  const resealer = new Resealer((body) => thief.chainFor(body));
  corrupt.board.onBody = resealer.onBody;
  await say(alice, bob, 'after');
  await say(bob, alice, 'after');
  t.same([resealer.texts('alice'), resealer.texts('bob')], [['after'], ['after']], 'the thief reads');
  const { conversation } = corrupt.board.passed[0]!;
  const inject = (text: string) => corrupt.board.deliver(
    resealer.seal({ conversation, from: 'alice', to: 'bob' }, type.text, text, clock.wall()));
  const from = [alice.events.length, bob.events.length] as const;
  return { thief, conversation, corrupt, clock, alice, bob, say, resealer, inject, from };
}
