import { randomBytes } from 'node:crypto';
import { newPerson } from '../../support/attacker/primitives.js';
import { erroAbout, erroCode, message } from '../../support/attacker/session.js';
import { X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { forEach, quantile, upTo } from './crowd.js';
import { affordable } from './doors.js';
import { Honest } from './honest.js';
import { type Answer, ask, type Question } from './oracle.js';
import { asFarApart } from './rank-sum.js';

const [NOT_AUTHENTICATED, BUSY, NOT_ONLINE] = [3, 5, 1];

/** The refusal leaves so long after M3 (docs/PROTOCOL.md, part 6). */
const REFUSAL_MS = 250;

/** So many standard deviations would be chance once in 30,000 times; a difference of that size is one to learn from. */
const APART = 4;

/** The quickest fifth has the least of others' noise: where there are enough of them, it differs by less than this. */
const [QUICK, QUICK_MS, ENOUGH] = [0.2, 3, 30];

/** Three standard errors of the difference of two such quantiles of 44 times each, as a share of the times. */
const QUICK_SHARE = 0.25;

const [ASKED, AT_ONCE] = [480, 24];

/** Names that are known and names that are not, each with what a stranger has. */
function questions({ insiders: [alice, bob] }: Field): Question[] {
  const [person, suites] = [newPerson(), [X25519]];
  const noise = [randomBytes(600)];
  const other = bob.certificates.length > 0 ? bob.certificates : noise;
  return [
    { kind: 'unknown', person, suites },
    { kind: 'known, wrong key', username: alice.name, person, suites },
    { kind: "known, another user's key", username: alice.name, person: bob.person, suites },
    { kind: 'unknown, wrong certificate', person, suites, certificates: other },
    { kind: 'known, wrong certificate', username: alice.name, person, suites, certificates: other },
  ];
}

/** Asks after everybody in turn, so that whatever else goes on does so for all of them. */
async function answers(field: Field, all: readonly Question[]): Promise<Answer[]> {
  const { addresses, target, scale } = field;
  const count = affordable(field, ASKED * scale);
  const got = await forEach(upTo(count), addresses.length > 0 ? AT_ONCE : 4, (at) =>
    ask(target, all[at % all.length]!, addresses[at % Math.max(1, addresses.length)]));
  return got.filter((each): each is Answer => each !== undefined && each.code !== BUSY);
}

/** An insider who calls somebody is told the same of who is not there and of who is not at all. */
async function callsBlindly(field: Field, verdict: Verdict): Promise<void> {
  const { session, pace } = await Honest.enter(field, field.insiders[0]);
  const told: string[] = [];
  for (const name of [field.insiders[1].name, `n${randomBytes(4).toString('hex')}`]) {
    await pace.turn();
    session.say(message('chat', name));
    const erro = await session.expect('erro');
    const [about, text] = [erroAbout(erro), erro.payload.subarray(3 + erroAbout(erro).length)];
    told.push([erroCode(erro), about, text].join(' ').replaceAll(name, '…'));
  }
  session.line.socket.destroy();
  const same = told[0] === told[1] && told[0]!.startsWith(`${NOT_ONLINE} chat`);
  verdict.expect(same, `a call is answered with "${told.join('" and "')}"`);
}

/** @param further who else is asked after: users that are revoked, certificates that are almost right */
export const enrolmentOracleWith = (further: readonly Question[]): Attack => ({
  row: 'E7',
  title: 'asking who is enrolled, by reply and by time',
  async run(field) {
    const verdict = new Verdict();
    const all = [...questions(field), ...further];
    await callsBlindly(field, verdict);
    const got = await answers(field, all);
    const [first] = all;
    const times = (kind: string, of: 'm2' | 'refusal') =>
      got.filter((each) => each.kind === kind).map((each) => each[of]);
    let most = 0;
    for (const { kind } of all) {
      verdict.expect(times(kind, 'm2').length > 1, `${kind}: no answer`);
      for (const of of ['m2', 'refusal'] as const) {
        const [usual, own] = [times(first!.kind, of), times(kind, of)];
        const apart = asFarApart(usual, own);
        most = Math.max(most, Math.abs(apart));
        const few = Math.min(usual.length, own.length) < ENOUGH;
        const quicker = few ? 0 : quantile(own, QUICK) - quantile(usual, QUICK);
        const what = `${kind}: the time to ${of} differs from that of ${first!.kind}`;
        // On a machine that is slow or busy chance alone makes more than that.
        const chance = quantile(usual, QUICK + QUICK_SHARE) - quantile(usual, QUICK);
        verdict.expect(Math.abs(quicker) < Math.max(QUICK_MS, chance), `${what} by ${quicker.toFixed(1)} ms`);
        verdict.expect(Math.abs(apart) < APART, `${what} by ${apart.toFixed(1)} standard deviations`);
      }
    }
    const codes = new Set(got.map(({ code }) => code));
    const soonest = Math.min(...got.map(({ refusal }) => refusal));
    verdict.expect(codes.size === 1 && codes.has(NOT_AUTHENTICATED), `the refusals are ${[...codes].join()}`);
    verdict.expect(soonest >= REFUSAL_MS, `one came after ${soonest.toFixed(1)} ms`);
    return verdict.finding(
      `${got.length} logins that have to fail, of ${all.length} kinds in turn`,
      `each refused with 3, after ${quantile(got.map(({ refusal }) => refusal), 0.5).toFixed(0)} ms in the middle; `
      + `the times of no kind differ (${most.toFixed(1)} standard deviations at most)`,
    );
  },
});

export const enrolmentOracle = enrolmentOracleWith([]);
