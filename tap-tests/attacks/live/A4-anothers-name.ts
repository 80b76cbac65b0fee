import { randomBytes } from 'node:crypto';
import type { LoginOptions } from '../../support/attacker/login.js';
import { newPerson } from '../../support/attacker/primitives.js';
import { type Attack, Verdict } from './attack.js';
import { forEach } from './crowd.js';
import { refused } from './outcomes.js';

const inOtherCase = (name: string): string =>
  [...name].map((each) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase())).join('');

/** What an insider tries who wants to be another user (A4), also one whose key was stolen (A10). */
export const anothersName: Attack = {
  row: 'A4',
  title: "another user's name with one's own key",
  async run(field) {
    const verdict = new Verdict();
    const [alice, bob] = field.insiders;
    const [person, stranger, nobody] = [bob.person, newPerson(), `nobody-${randomBytes(4).toString('hex')}`];
    const cases: [what: string, name: string, options: LoginOptions][] = [
      ["another insider's key", alice.name, { person }],
      ["another insider's key and certificate", alice.name, { person, certificates: bob.certificates }],
      ["the other's certificate, and one's own signature", alice.name, { person, certificates: alice.certificates }],
      ['a new key', alice.name, { person: stranger }],
      ["a new key with the other's certificate", alice.name, { person: stranger, certificates: alice.certificates }],
      ["one's own name in another case", inOtherCase(bob.name), { person, certificates: bob.certificates }],
      ["one's own key under a new name", nobody, { person }],
      ["one's own certificate under a new name", nobody, { person, certificates: bob.certificates }],
      ['a new key under a new name', nobody, { person: stranger }],
    ];
    await forEach(cases, 16, ([what, name, options]) => refused(field, verdict, what, name, options));
    return verdict.finding(
      `${cases.length} logins: another's name, its other case, a new name; with own, new and others' keys, certificates`,
      'each refused with 3, the same for all',
    );
  },
};
