import { randomBytes } from 'node:crypto';
import { CELL } from '../../support/attacker/cells.js';
import { message } from '../../support/attacker/session.js';
import { type Attack, Verdict } from './attack.js';
import { upTo } from './crowd.js';
import { enter } from './doors.js';
import { endsMalformed } from './outcomes.js';

const [TAG, TAG_END] = [33, 49];

/** A record of which only so many bytes of the tag are left. */
const shortened: [name: string, shorten: (record: Buffer, left: number) => Buffer][] = [
  ['and zeros', (record, left) => Buffer.from(record).fill(0, TAG + left, TAG_END)],
  ['and other bytes', (record, left) => {
    const copy = Buffer.from(record);
    do randomBytes(TAG_END - TAG - left).copy(copy, TAG + left); while (copy.equals(record));
    return copy;
  }],
  ['and the ciphertext moved up', (record, left) =>
    Buffer.concat([record.subarray(0, TAG + left), record.subarray(TAG_END), Buffer.alloc(16 - left)], CELL)],
];

export const shortTags: Attack = {
  row: 'B7',
  title: 'records with a short tag',
  async run(field) {
    const verdict = new Verdict();
    const cases = upTo(16).flatMap((left) => shortened.map((each) => [left, ...each] as const));
    for (const [index, [left, name, shorten]] of cases.entries()) {
      if (!verdict.held) break;
      const session = await enter(field, field.insiders[index % 2]!);
      session.line.write(shorten(session.seal([message('ping')]), left));
      await endsMalformed(session, verdict, `${left} bytes of the tag ${name}`);
    }
    return verdict.finding(`${cases.length} records with 0 to 15 right bytes of the tag: filled up, or left out`,
      'erro 12 and the end, each time');
  },
};
