import { until } from '../../support/until.js';
import { type Attack, Verdict } from './attack.js';
import { callUp } from './calls.js';
import { Honest } from './honest.js';
import { isWhole, Numbers, numbersIn } from './numbers.js';

/** So many as half of a queue and the buffers of any system have room for: more would rightly end the conversation. */
const MESSAGES = 12;

/**
 * Both ends write all that they have before they read anything. A relay that waits for one of them before it reads from
 * the other stands still for ever; one that cuts whoever does not read at once loses what honest people said.
 * @param messages of 64 KiB that each writes
 */
export const bothWriteSo = (messages: number): Attack => ({
  row: 'E3b',
  title: 'both ends write, and read later',
  async run(field) {
    const verdict = new Verdict();
    const [alice, bob] = [await Honest.enter(field, field.insiders[0]), await Honest.enter(field, field.insiders[1])];
    const { conversation } = await callUp(alice.session, bob.session);
    await Promise.all([alice.pace.turn(), bob.pace.turn()]);
    for (const { session } of [alice, bob]) session.line.sleep();

    const write = async (from: Honest): Promise<number> => {
      const numbers = new Numbers(from, false);
      while (numbers.said < messages) await numbers.say(conversation);
      return numbers.said;
    };
    const said = await Promise.all([alice, bob].map(write)) as [number, number];

    const began = performance.now();
    for (const { session } of [alice, bob]) session.line.wake();
    const heard = ([alice, bob] as const).map(({ session }) => () => numbersIn(session.heard, conversation));
    const over = ({ session: { line, heard: all } }: Honest) =>
      line.closed || line.ended || all.some(({ command }) => command === 'exch');
    const done = () => over(alice) || over(bob) || heard.every((each, at) => each().length === said[1 - at]);
    await until('all to be heard', done, 15_000).catch(() => undefined);
    const ms = performance.now() - began;

    for (const [at, who] of [alice, bob].entries()) {
      const numbers = heard[at]!();
      const { session } = who;
      verdict.expect(!over(who), `${session.username} was cut, or the conversation`);
      const all = isWhole(numbers, 0) && numbers.length === said[1 - at];
      verdict.expect(all, `${session.username} heard ${numbers.length} of ${said[1 - at]}`);
      if (!session.line.closed) await session.settled().catch((error: Error) => verdict.expect(false, error.message));
      who.leave();
    }
    return verdict.finding(
      `${said[0]} and ${said[1]} messages of 64 KiB written by two who did not read meanwhile`,
      `all came in order within ${ms.toFixed(0)} ms of their reading, and both go on`,
    );
  },
});

export const bothWrite = bothWriteSo(MESSAGES);
