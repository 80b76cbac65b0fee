import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { Faults } from '../../support/attacker/faults.js';
import { loginOn } from '../../support/attacker/login.js';
import { newPerson } from '../../support/attacker/primitives.js';
import { RSA, X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { forEach, quantile } from './crowd.js';
import { affordable, knock } from './doors.js';
import { NOT_AUTHENTICATED, outcomeText } from './outcomes.js';
import { asFarApart } from './rank-sum.js';

/** A refusal leaves 250 ms after M3 came (part 2); timers of Node may be a millisecond early. */
const EARLIEST_MS = 248;
const [ROUNDED_MS, APART] = [2, 4.5];

/** So few that the server is idle most of the time: its load would be measured in the place of its work. */
const AT_ONCE = 40;

/** One way in which a login fails, of which nobody may tell from another. */
interface Kind {
  readonly name: string;
  readonly suite: number;
  readonly faults?: Faults;
  /** Who logs in, in the place of the first insider. */
  readonly username?: string;
}

const encrypted = (K: Buffer) => (ephemeral: Buffer): Buffer => {
  const key = createPublicKey({ key: ephemeral, format: 'der', type: 'pkcs1' });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, K);
};

const damaged = (ephemeral: Buffer): Buffer => {
  const share = encrypted(randomBytes(32))(ephemeral);
  share[share.length - 1 - (randomBytes(1)[0]! % 200)]! ^= 1 + (randomBytes(1)[0]! % 255);
  return share;
};
const strange = newPerson();
const wrongSignature: Faults = { signature: () => randomBytes(strange.spki.length + 20) };

const kinds: Kind[] = [
  { name: 'rsa, a damaged share', suite: RSA, faults: { share: damaged } },
  { name: 'rsa, a share of zeros', suite: RSA, faults: { share: () => Buffer.alloc(256) } },
  { name: 'rsa, a K of 31 bytes', suite: RSA, faults: { share: encrypted(Buffer.alloc(31, 1)) } },
  { name: 'rsa, a share of 255 bytes', suite: RSA, faults: { share: () => Buffer.alloc(255, 1) } },
  { name: 'rsa, a wrong signature', suite: RSA, faults: wrongSignature },
  { name: 'rsa, nobody of that name', suite: RSA, username: 'nobody-of-it' },
  { name: 'x25519, the point 0', suite: X25519, faults: { share: () => Buffer.alloc(32) } },
  { name: 'x25519, no share', suite: X25519, faults: { share: () => Buffer.alloc(0) } },
  { name: 'x25519, a wrong signature', suite: X25519, faults: wrongSignature },
  { name: 'x25519, nobody of that name', suite: X25519, username: 'nobody-of-it' },
];

interface Answer {
  readonly kind: Kind;
  /** From M3 to the refusal. */
  readonly ms: number;
  readonly words: string;
}

async function ask(field: Field, kind: Kind): Promise<Answer> {
  const [{ name, person, certificates }] = field.insiders;
  const line = await knock(field);
  let [said, answered] = [0, 0];
  line.socket.on('data', () => (answered = performance.now()));
  const faults: Faults = {
    ...kind.faults,
    cell: (which, cell) => {
      if (which === 3) said = performance.now();
      return cell;
    },
  };
  const outcome = await loginOn(line, kind.username ?? name, { person, certificates, suites: [kind.suite], faults });
  line.socket.destroy();
  const refused = outcome.is === 'refused' && outcome.code === NOT_AUTHENTICATED;
  return { kind, ms: answered - said, words: refused ? 'refused with 3' : outcomeText(outcome) };
}

/**
 * One timing class for each suite (which suite it is, everybody sees). The kinds came in an order of chance, so if the
 * kind means nothing, its times stand among the others as chance puts them, however busy the machine: 4.5 standard
 * deviations are once in 150,000 times. What Node's timers round, a millisecond or two, is let pass.
 */
function compareTimes(answers: readonly Answer[], verdict: Verdict): void {
  for (const kind of kinds) {
    const own = timesOf(answers, (each) => each === kind);
    const others = timesOf(answers, (each) => each.suite === kind.suite && each !== kind);
    const [ms, apart] = [quantile(own, 0.5) - quantile(others, 0.5), asFarApart(others, own)];
    verdict.expect(Math.abs(ms) <= ROUNDED_MS || Math.abs(apart) < APART,
      `${kind.name}: the refusal comes ${ms.toFixed(1)} ms from the others, ${apart.toFixed(1)} standard deviations`);
    const least = Math.min(...own);
    verdict.expect(least >= EARLIEST_MS, `${kind.name}: refused after ${least.toFixed(0)} ms already`);
  }
}

const timesOf = (answers: readonly Answer[], which: (kind: Kind) => boolean): number[] =>
  answers.filter(({ kind }) => which(kind)).map(({ ms }) => ms);

/** Every kind once, in an order of its own. */
const round = (): Kind[] =>
  kinds.map((kind) => [Math.random(), kind] as const).sort(([a], [b]) => a - b).map(([, kind]) => kind);

export const malformedShares: Attack = {
  row: 'A13',
  title: 'malformed key shares, asked for answers and times',
  async run(field) {
    const verdict = new Verdict();
    const rounds = Math.max(2, Math.ceil(affordable(field, 1_000 * field.scale) / kinds.length));
    const answers = await forEach(Array.from({ length: rounds }, round).flat(), AT_ONCE, (kind) => ask(field, kind));
    for (const { kind, words } of answers) verdict.expect(words === 'refused with 3', `${kind.name}: ${words}`);
    compareTimes(answers, verdict);
    const times = answers.map(({ ms }) => ms);
    const [median, most] = [quantile(times, 0.5), Math.max(...times)].map((ms) => ms.toFixed(0));
    return verdict.finding(
      `${answers.length} logins with ${kinds.length} kinds of fault in turns, timed`,
      `one refusal, 3, after ${median} ms (median) to ${most} ms, whatever the fault`,
    );
  },
};
