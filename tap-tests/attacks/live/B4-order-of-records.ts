import { message, type Session } from '../../support/attacker/session.js';
import { type Attack, Verdict } from './attack.js';
import { enter } from './doors.js';
import { endsMalformed } from './outcomes.js';

const ping = (text: string) => message('ping', text);

interface Case {
  readonly what: string;
  /** How many records are said in their order first, and answered. */
  readonly before: number;
  /** What is wrong, from the records that were said and two more. */
  readonly wrong: (said: readonly Buffer[], next: Buffer, second: Buffer) => Buffer[];
}

const cases: Case[] = [
  { what: 'the first one dropped', before: 0, wrong: (_said, _next, second) => [second] },
  { what: 'one dropped', before: 2, wrong: (_said, _next, second) => [second] },
  { what: 'swapped', before: 1, wrong: (_said, next, second) => [second, next] },
  { what: 'the last one again', before: 1, wrong: ([first]) => [first!] },
  { what: 'an old one behind newer ones', before: 3, wrong: ([first]) => [first!] },
  { what: 'all of them again', before: 2, wrong: (said) => [...said] },
];

/** Sealed anew under the right key: only the counter is wrong. 2^96 + 1 has the IV of 1. */
const COUNTERS = [0n, 2n, 2n ** 32n + 1n, 2n ** 64n + 1n, 2n ** 96n + 1n, 2n ** 127n];

async function said(session: Session, count: number): Promise<Buffer[]> {
  const records: Buffer[] = [];
  for (let at = 0; at < count; at += 1) {
    const record = session.seal([ping(`${at}`)]);
    session.line.write(record);
    await session.expect('pong');
    records.push(record);
  }
  return records;
}

async function ends(session: Session, verdict: Verdict, what: string, wrong: readonly Buffer[]): Promise<void> {
  session.line.write(Buffer.concat(wrong));
  await endsMalformed(session, verdict, what);
  const taken = session.heard.some(({ command }) => command === 'pong');
  verdict.expect(!taken, `${what}: a record out of its order was taken`);
}

export const orderOfRecords: Attack = {
  row: 'B4',
  title: 'records dropped, swapped, doubled, with other counters',
  async run(field) {
    const verdict = new Verdict();
    for (const [index, { what, before, wrong }] of cases.entries()) {
      if (!verdict.held) break;
      const session = await enter(field, field.insiders[index % 2]!);
      const records = await said(session, before);
      await ends(session, verdict, what, wrong(records, session.seal([ping('next')]), session.seal([ping('second')])));
    }
    for (const [index, counter] of COUNTERS.entries()) {
      if (!verdict.held) break;
      const session = await enter(field, field.insiders[index % 2]!);
      await said(session, 1);
      await ends(session, verdict, `the counter ${counter}`, [session.seal([ping('next')], { counter })]);
    }
    return verdict.finding(
      `${cases.length + COUNTERS.length} sessions: a record left out, swapped, sent twice, late; `
        + 'sealed with counters up to 2^127',
      'erro 12 and the end; what was in order was answered, nothing else',
    );
  },
};
