import { setTimeout as sleep } from 'node:timers/promises';
import { tryLogin } from '../../support/attacker/login.js';
import { newPerson } from '../../support/attacker/primitives.js';
import { message, type Session } from '../../support/attacker/session.js';
import { until } from '../../support/until.js';
import { type Attack, type Field, NotTried, Verdict } from './attack.js';
import { callUp } from './calls.js';
import { Honest } from './honest.js';
import { isWhole, Numbers, numbersIn } from './numbers.js';

/** With more than these one record could not hold the messages of a window. */
const MESSAGES_MAX = 1_000;

/** A timer may count from a moment before; a busy machine is late, but not by a window. */
const [EARLY_MS, LATE] = [10, 0.5];

/** Logins in somebody's name by who does not have the key. */
const KNOCKS = 8;

/** When the messages of a session came, beside what it heard. */
class Moments {
  readonly #at: { readonly command: string; readonly at: number }[] = [];

  constructor(session: Session) {
    const { heard } = session;
    session.onMessage = (each) => {
      this.#at.push({ command: each.command, at: performance.now() });
      heard.push(each);
    };
  }

  of(command: string): number[] {
    return this.#at.filter((each) => each.command === command).map(({ at }) => at);
  }

  async count(command: string, count: number, ms: number): Promise<boolean> {
    return until(`${count} × ${command}`, () => this.of(command).length >= count, ms).then(() => true, () => false);
  }
}

const pings = (count: number) => Array.from({ length: count }, () => message('ping'));

/** @returns how many were let in */
async function knock(field: Field, name: string): Promise<number> {
  const from = Array.from({ length: KNOCKS }, (_, at) => field.addresses[at]);
  const outcomes = await Promise.all(from.map((address) =>
    tryLogin(field.target, name, { person: newPerson(), ...(address === undefined ? {} : { from: address }) })));
  return outcomes.filter((outcome) => outcome.is === 'logged in').length;
}

export const rateDodged: Attack = {
  row: 'E8',
  title: 'the rate dodged by new connections, or turned on others',
  rested: true,
  async run(field) {
    const verdict = new Verdict();
    const shared = field.addresses.at(-1);
    const bob = await Honest.enter(field, field.insiders[1], shared);
    const first = await Honest.enter(field, field.insiders[0]);
    const { messages, seconds } = first.pace.rate;
    const windowMs = seconds * 1_000;
    const lateMs = LATE * windowMs;
    if (messages > MESSAGES_MAX) throw new NotTried(`a rate of ${messages} messages is none that is soon met`);

    // All that a window allows; and more of it over a new connection, from another address.
    const begun = performance.now();
    first.session.say(...pings(messages));
    const pongs = new Moments(first.session);
    const all = await pongs.count('pong', messages, windowMs + lateMs);
    verdict.expect(all, 'the rate of welc is not what the server allows');
    // What was said over an earlier connection may have made the last of them wait.
    const latest = performance.now() + windowMs + lateMs;
    first.leave();
    const alice = await Honest.enter(field, field.insiders[0], shared);
    const introduced = callUp(alice.session, bob.session);
    // Late in the window: what it spent would be missing long after the window is over.
    await sleep(0.7 * windowMs);
    const letIn = await knock(field, alice.session.username);
    const { conversation } = await introduced;
    const waited = performance.now() - begun;
    verdict.expect(waited >= windowMs - EARLY_MS, `a new connection may send after ${waited.toFixed(0)} ms`);
    verdict.expect(letIn === 0, 'somebody without the key was let in');

    // A paste of two windows: the call was the first of its messages, so that one more than a window waits.
    const [lines, numbers, heard] = [2 * messages - 1, new Numbers(alice, true), new Moments(bob.session)];
    numbers.paste(conversation, lines);
    const unspent = await heard.count('frwd', messages - 1, latest - performance.now());
    const came = heard.of('frwd').length;
    verdict.expect(unspent, `only ${came} of ${messages - 1} lines came: others have spent from the rate`);
    await sleep(windowMs / 4);

    // While alice waits, bob at the same address does not: he has said one message in this window.
    bob.session.say(...pings(messages - 1));
    verdict.expect(await heard.count('pong', messages - 1, lateMs), "bob waits for alice's rate");
    const whole = await heard.count('frwd', lines, windowMs + lateMs);
    verdict.expect(whole, `${heard.of('frwd').length} of ${lines} lines came`);
    const second = (heard.of('frwd')[messages - 1] ?? 0) - begun;
    verdict.expect(second >= 2 * windowMs - EARLY_MS, `the second window was open after ${second.toFixed(0)} ms`);
    verdict.expect(isWhole(numbersIn(bob.session.heard, conversation), 0), 'the lines are not in order');
    alice.leave();
    bob.leave();
    return verdict.finding(
      `${messages} messages, twice as many from another address, ${KNOCKS} false logins in the name, a user beside`,
      `${messages} in ${seconds} s whatever the connection; a paste of ${lines} lines came whole and in order, `
      + `its second half after ${(second / 1_000).toFixed(1)} s; nobody else waited`,
    );
  },
};
