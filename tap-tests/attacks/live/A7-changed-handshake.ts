import { CELL, M1, M3 } from '../../support/attacker/cells.js';
import type { Faults } from '../../support/attacker/faults.js';
import { RSA, X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { forEach, spread, upTo } from './crowd.js';
import { affordable } from './doors.js';
import { MALFORMED, NOT_AUTHENTICATED, refused } from './outcomes.js';

const NO_COMMON_SUITE = 2;
const [anyRefusal, malformed] = [[MALFORMED, NO_COMMON_SUITE, NOT_AUTHENTICATED], [MALFORMED]];

type Change = (body: Buffer, at: number) => Buffer;

const xor = (bits: number): Change => (body, at) => {
  const copy = Buffer.from(body);
  copy[at]! ^= bits;
  return copy;
};

/** What somebody on the way does to a body at one place. */
const changes: [name: string, change: Change][] = [
  ['lowest bit', xor(1)],
  ['highest bit', xor(0x80)],
  ['dropped', (body, at) => Buffer.concat([body.subarray(0, at), body.subarray(at + 1)])],
  ['doubled', (body, at) => Buffer.concat([body.subarray(0, at + 1), body.subarray(at)])],
  ['inserted', (body, at) => Buffer.concat([body.subarray(0, at), Buffer.of(0x5a), body.subarray(at)])],
  ['cut off', (body, at) => body.subarray(0, at)],
];

interface Case {
  readonly what: string;
  readonly faults: Faults;
  readonly codes: readonly number[];
  readonly suites?: readonly number[];
}

/** Places behind the end of a body count from its beginning. Where M3 has certificates, it is longer than this. */
const PLACES = [80, 400] as const;

function changedBodies(field: Field): Case[] {
  const changed = (which: 1 | 3, at: number): Case[] => changes.map(([name, change]) => ({
    what: `M${which}, byte ${at}, ${name}`,
    codes: anyRefusal,
    faults: { body: (on, body) => (on === which ? change(body, at % body.length) : body) },
  }));
  const cases = ([1, 3] as const).flatMap((which, index) => upTo(PLACES[index]!).flatMap((at) => changed(which, at)));
  return spread(cases, affordable(field, 600 * field.scale));
}

/** Suites are offered as rewritten; the attacker's own transcript has what was there before. */
const rewritten = (from: number[], to: number[]): Case => ({
  what: `suites ${from} rewritten to ${to}`,
  suites: from,
  codes: anyRefusal,
  faults: {
    body: (which, body) => {
      if (which !== 1) return body;
      const at = 1 + body[0]!;
      return Buffer.concat([body.subarray(0, at), Buffer.of(to.length, ...to), body.subarray(at + 1 + from.length)]);
    },
  },
});

const suites: Case[] = [
  rewritten([RSA, X25519], [X25519]), rewritten([RSA, X25519], [RSA]), rewritten([RSA, X25519], [X25519, RSA]),
  rewritten([X25519], [X25519, 9]), rewritten([X25519], [9]), rewritten([X25519], []),
];

const cell = (what: string, on: typeof M1 | typeof M3, change: (bytes: Buffer) => Buffer): Case => ({
  what, codes: malformed, faults: { cell: (which, bytes) => (which === on ? change(bytes) : bytes) },
});
const at = (place: number, value: number) => (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy[place] = value;
  return copy;
};

/** The header is in no transcript, so each of its fields has to be looked at; early bytes are those before M4. */
const cells: Case[] = ([M1, M3] as const).flatMap((on) => [
  cell(`M${on}: the magic`, on, at(3, 0x42)),
  cell(`M${on}: version 1`, on, at(4, 1)),
  cell(`M${on}: version 3`, on, at(4, 3)),
  cell(`M${on}: n too large`, on, at(6, 0xff)),
  cell(`M${on}: n = 0`, on, (bytes) => at(7, 0)(at(6, 0)(bytes))),
  cell(`M${on}: padding`, on, at(CELL - 1, 1)),
]).concat(
  cell('M3 and one byte more', M3, (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
  cell('M3 and a cell more', M3, (bytes) => Buffer.concat([bytes, Buffer.alloc(CELL)])),
  cell('M3 twice', M3, (bytes) => Buffer.concat([bytes, bytes])),
);

export const changedHandshake: Attack = {
  row: 'A7',
  title: 'M1 and M3 changed on the way',
  async run(field) {
    const verdict = new Verdict();
    const [{ name, person, certificates }] = field.insiders;
    const bodies = changedBodies(field);
    const cases = [...bodies, ...suites, ...spread(cells, affordable(field, cells.length))];
    await forEach(cases, 48, ({ what, faults, codes, suites: offered = [X25519] }) =>
      refused(field, verdict, what, name, { person, certificates, suites: offered, faults }, codes));
    return verdict.finding(
      `${bodies.length} bytes of M1 and M3 changed, dropped, doubled, put in, cut off; suites rewritten; `
        + 'headers that lie; bytes behind M3',
      `${cases.length} refusals, and nobody let in`,
    );
  },
};
