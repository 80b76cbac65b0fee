import { Flood, type FloodOptions } from '../../support/attacker/flood.js';
import { RSA, X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { Chat } from './chat.js';
import { quantile } from './crowd.js';
import { Honest } from './honest.js';

/** The bounds of this row. Of fewer than a hundred rounds the slowest says nothing; then the one in the middle counts. */
const [LOGIN_MS, ROUND_MS] = [5_000, 250];

/** Two hundred times what one address may do, and in the long run what two hundred may. */
const PER_SECOND = 1_000;

/** All unfinished handshakes of one address, renewed a little more slowly than it may connect. */
const PLACES = { perSecond: 4, atOnce: 16 };

/** The last of the addresses is for the neighbour below. */
function floods({ addresses }: Field): [name: string, options: FloodOptions][] {
  const many = addresses.length > 1 ? addresses.slice(0, -1) : [undefined];
  return [
    ['one address', { from: many.slice(0, 1), perSecond: PER_SECOND }],
    ['many, suite rsa alone', { from: many, perSecond: PER_SECOND, suites: [RSA] }],
    ['many, with a false M3', { from: many, perSecond: PER_SECOND, suites: [X25519, RSA], proves: true }],
  ];
}

function flooding(field: Field, options: FloodOptions): Flood {
  const flood = new Flood(field.target, options);
  field.onEnd(() => flood.stop());
  return flood;
}

const ms = (time: number) => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

/** How long bob takes to log in, or Infinity. */
const loginTime = (field: Field, from?: string): Promise<number> =>
  Honest.enter(field, field.insiders[1], from, 2 * LOGIN_MS).then((bob) => (bob.leave(), bob.loginMs), () => Infinity);

export const m1Flood: Attack = {
  row: 'E1',
  title: 'a flood of false logins',
  async run(field) {
    const verdict = new Verdict();
    const chat = await Chat.begin(field);
    await chat.warm();
    const quiet = await chat.rounds(1_000 * field.scale);
    const [flooded, seen, logins]: [number[], Flood[], Record<string, number>] = [[], [], {}];
    for (const [name, options] of floods(field)) {
      const flood = flooding(field, options);
      flooded.push(...await chat.rounds(1_500 * field.scale));
      seen.push(flood);
      if (options.proves && field.addresses.length > 0) {
        chat.receiver.leave();
        logins[name] = await loginTime(field);
      }
      flood.stop();
    }
    chat.leave();
    const neighbour = field.addresses.at(-1);
    const places = flooding(field, { from: [neighbour], ...PLACES });
    logins['its own address, all places taken'] = await loginTime(field, neighbour);
    places.stop();

    const [before, under] = [quiet, flooded].map((times) => quantile(times, 0.99)) as [number, number];
    const slow = flooded.filter((time) => time >= ROUND_MS).length;
    const held = flooded.length < 100 ? quantile(flooded, 0.5) < ROUND_MS : slow <= flooded.length / 100;
    const rounds = `p99 of ${flooded.length} rounds of a chat ${ms(under)}, of ${quiet.length} without ${ms(before)}`;
    verdict.expect(held, rounds);
    for (const [name, time] of Object.entries(logins)) {
      verdict.expect(time < LOGIN_MS, `a login takes ${ms(time)} (${name})`);
    }
    const sum = (of: (flood: Flood) => number) => seen.reduce((total, flood) => total + of(flood), 0);
    return verdict.finding(
      `${sum(({ connects }) => connects)} connections with M1 from one and from ${field.addresses.length} addresses`,
      `${sum(({ answered }) => answered)} got M2; ${rounds}; logins meanwhile: `
      + Object.entries(logins).map(([name, time]) => `${ms(time)} (${name})`).join(', '),
    );
  },
};
