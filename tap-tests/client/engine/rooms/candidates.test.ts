import { test } from 'tap';
import { candidates, invited, isDue, mayLead, type Standing } from '../../../../client/engine/rooms/candidates.js';

const NAMES = ['alice', 'bob', 'user3', 'user4'];
const members = NAMES.map((username, at) => ({ username, fingerprint: Buffer.alloc(32, at), admin: at === 0 ? 1 : 0 }));
const epoch = { number: 5, names: NAMES, due: false };
const nobody: ReadonlySet<string> = new Set();
const all: Standing = { members, present: ['user4', 'bob', 'alice', 'user3'], epoch, lost: nobody, leftOut: nobody, failed: nobody, led: new Map() };

test('who can take part: members that are present and were not left out, in the order of the list', async (t) => {
  t.same(invited(all), NAMES);
  t.same(invited({ ...all, present: ['user4', 'alice', 'stranger'], leftOut: new Set(['alice']) }), ['user4']);
});

const due: [what: string, standing: Partial<Standing>, due: boolean][] = [
  ['all have the keys', {}, false],
  ['nobody has any', { epoch: undefined }, true],
  ['one is alone', { epoch: undefined, present: ['alice'] }, false],
  ['a new one', { epoch: { ...epoch, names: ['alice', 'bob', 'user3'] } }, true],
  ['a new one that was left out', { epoch: { ...epoch, names: ['alice', 'bob', 'user3'] }, leftOut: new Set(['user4']) }, false],
  ['one whose line broke and who is back', { lost: new Set(['bob']) }, true],
  ['one whose line broke and who is not back', { lost: new Set(['bob']), present: ['alice', 'user3', 'user4'] }, false],
  ['one who is no member any more', { members: members.slice(1), present: ['bob', 'user3', 'user4'] }, true],
  ['many texts, or much time', { epoch: { ...epoch, due: true } }, true],
];
for (const [what, standing, is] of due) {
  test(`a round is${is ? '' : ' not'} due: ${what}`, async (t) => t.equal(isDue({ ...all, ...standing }), is));
}

test('the candidates of an epoch go around with its number', async (t) => {
  t.same(candidates(all), ['bob', 'user3', 'user4', 'alice']);
  t.same(candidates({ ...all, epoch: { ...epoch, number: 8 } }), NAMES);
  t.same(candidates({ ...all, lost: new Set(['bob']) }), ['user4', 'alice', 'user3'], 'whose line broke is none');
  t.same(candidates({ ...all, failed: new Set(['bob']) }), ['user3', 'user4', 'alice'], 'who has failed is none');
  t.same(candidates({ ...all, failed: new Set(NAMES) }), ['bob', 'user3', 'user4', 'alice'], 'unless all have');
});

test('without an epoch they are those who are present, in the order in which they came', async (t) => {
  t.same(candidates({ ...all, epoch: undefined }), ['user4', 'bob', 'alice', 'user3']);
  t.same(candidates({ ...all, lost: new Set(NAMES) }), ['user4', 'bob', 'alice', 'user3']);
});

test('one that begins again and again leads no more, until all have', async (t) => {
  const worn = (...names: string[]): Standing => ({ ...all, led: new Map(names.map((name) => [name, 4])) });
  t.same(candidates(worn('bob', 'user3')), ['user4', 'alice']);
  t.notOk(mayLead(worn('bob', 'user3'), 'bob'));
  t.ok(mayLead({ ...all, led: new Map([['bob', 3]]) }, 'bob'));
  t.ok(mayLead(worn(...NAMES), 'bob'));
});
