import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Flood } from '../../support/attacker/flood.js';
import type { Message } from '../../support/attacker/records.js';
import { erroCode, list, message } from '../../support/attacker/session.js';
import { X25519 } from '../../support/attacker/suites.js';
import { until } from '../../support/until.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { Honest } from './honest.js';
import { Onlooker } from './onlooker.js';

/** Messages with a name of their own each, or as many as the rate allows in this time. */
const [MESSAGES, MS] = [1_000_000, 10_000];

/** For as long as this, false logins come before them, as many as a server can look at. */
const [LOGINS_MS, LOGINS_PER_SECOND] = [3_000, 1_000];

/** In one record: their answers have to fit into what a server keeps for one who is about to read them. */
const AT_ONCE = 200;

/** Answers that may be on their way. */
const AHEAD = 20_000;

/** What names something that is not there, and the code of the `erro` for it; without one an empty `list` comes. */
interface Question {
  readonly make: (name: string) => Message;
  readonly code: number | undefined;
}

const questions: readonly Question[] = [
  { make: (name) => message('chat', name), code: 1 },
  { make: (name) => message('acpt', name), code: 5 },
  { make: (name) => message('refu', name), code: 5 },
  { make: (name) => message('cach', name), code: 5 },
  { make: (name) => message('frwd', name), code: 6 },
  { make: (name) => message('exch', name.slice(0, 8)), code: 6 },
  { make: (name) => list(name), code: undefined },
  { make: (name) => list('', name), code: undefined },
];

/** 12 characters that nobody else ever had; the first 8 are a conversation as well. */
const nameOf = (number: number): string => number.toString(36).padStart(6, 'z') + run;
const run = randomBytes(3).toString('hex');
let numbered = 0;

/** Asks for what is not there until it is time; counts what was asked and what was answered as it should be. */
class Asker {
  asked = 0;
  answered = 0;
  wrong: string | undefined;
  readonly #due = new Map<number | undefined, number>();

  constructor(private readonly who: Honest) {
    who.session.onMessage = (each) => this.#take(each);
  }

  #take(each: Message): void {
    const code = each.command === 'erro' ? erroCode(each) : undefined;
    const left = (this.#due.get(code) ?? 0) - 1;
    this.#due.set(code, left);
    this.answered += 1;
    if (each.command !== 'erro' && each.command !== 'list') this.wrong ??= `it was answered with ${each.command}`;
    if (left < 0) this.wrong ??= `it was answered with ${each.command} ${code}`;
  }

  async ask(count: number): Promise<void> {
    const { session, pace } = this.who;
    await pace.turn(count);
    session.say(...Array.from({ length: count }, (_, at) => {
      const { make, code } = questions[(this.asked + at) % questions.length]!;
      this.#due.set(code, (this.#due.get(code) ?? 0) + 1);
      return make(nameOf(numbered++));
    }));
    this.asked += count;
    await nextTurn();
    if (this.waiting > AHEAD) await until('answers', () => this.waiting < AHEAD / 2 || session.line.closed, 30_000);
  }

  get waiting(): number {
    return this.asked - this.answered;
  }
}

async function askAll(who: Honest, scale: number, verdict: Verdict): Promise<number> {
  const asker = new Asker(who);
  const end = performance.now() + MS * scale;
  const count = Math.min(AT_ONCE, who.pace.rate.messages);
  const slow = who.pace.windowMs > MS * scale / 3;
  // Where it takes a window to say more, there is time for two of them.
  const more = (turns: number) =>
    asker.asked < (MESSAGES * scale) / 2 && performance.now() < end && (!slow || turns < 2);
  for (let turns = 0; more(turns); turns += 1) await asker.ask(count);
  const { line } = who.session;
  await until('all answers', () => asker.waiting === 0 || line.closed, 10_000).catch(() => undefined);
  verdict.expect(asker.waiting === 0 && !line.closed, `${asker.waiting} of ${asker.asked} are not answered`);
  verdict.expect(asker.wrong === undefined, asker.wrong ?? '');
  who.leave();
  return asker.asked;
}

async function logIn(field: Field): Promise<Flood> {
  const from = field.addresses.length > 0 ? field.addresses.slice(0, -2) : [undefined];
  const flood = new Flood(field.target, { from, perSecond: LOGINS_PER_SECOND, suites: [X25519], proves: true });
  field.onEnd(() => flood.stop());
  await sleep(LOGINS_MS * field.scale);
  flood.stop();
  return flood;
}

export const millionNames: Attack = {
  row: 'E4',
  title: 'a million distinct names, conversations and prefixes',
  async run(field) {
    const verdict = new Verdict();
    const people = await Promise.all(field.insiders.map((insider) => Honest.enter(field, insider)));
    const onlooker = Onlooker.watch(field);
    const flood = await logIn(field);
    const asked = await Promise.all(people.map((who) => askAll(who, field.scale, verdict)));
    onlooker.stop();
    const codes = [...flood.refused.keys()];
    verdict.expect(codes.every((code) => code === 3 || code === 5), `logins ended with ${codes.join()}`);
    verdict.expect(onlooker.served, `others feel it: ${onlooker}`);
    const messages = asked.reduce((sum, each) => sum + each, 0);
    const refused = flood.refused.get(3) ?? 0;
    return verdict.finding(
      `${messages} messages with a name each that nobody has, and ${flood.connects} logins`,
      `each message got its erro or an empty list, ${refused} logins refusal 3; a stranger got ${onlooker}`,
    );
  },
};
