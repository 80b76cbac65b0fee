import { generateKeyPairSync } from 'node:crypto';
import { test } from 'tap';
import { type Clock, systemClock } from '../../common/clock.js';
import { withstands } from '../support/attack-field.js';
import { newPerson, personWith } from '../support/attacker/primitives.js';
import { RSA, X25519 } from '../support/attacker/suites.js';
import { cn, good, type Parts, utc } from '../support/certificate-maker.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import { TestServer } from '../support/test-server.js';
import { enrolmentOracleWith } from './live/E7-enrolment-oracle.js';
import { ask, type Question } from './live/oracle.js';

const rsa = personWith(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const limits = { connectBurst: 1_000, poolKeys: 2 };

const [person, suites] = [newPerson(), [X25519]];
const forLong = { notBefore: utc('200101000000Z'), notAfter: utc('400101000000Z') };
const expired = utc('210101000000Z');
const certificates = (change: Partial<Parts> = {}) =>
  [good.user({ subject: cn('alice'), spki: person.spki, ...forLong, ...change })];

const further: readonly Question[] = [
  { kind: 'known, an RSA key', username: 'user3', person, suites },
  { kind: 'revoked', username: 'user4', person, suites },
  { kind: 'revoked, wrong certificate', username: 'user4', person, suites, certificates: certificates() },
  { kind: 'certificate for another key', username: 'alice', person, suites, certificates: certificates() },
  { kind: 'expired certificate', username: 'alice', person, suites, certificates: certificates({ notAfter: expired }) },
  { kind: 'certificate of another name', username: 'user5', person, suites, certificates: certificates() },
];

test('E7: who is enrolled, who was and who never was: one answer, one time, one amount of work', async (t) => {
  const people = { user3: rsa, user4: newPerson() };
  const server = await ServerProcess.start(t, { limits, people, revoked: ['user4'] });
  await server.calm();
  const { did, saw } = await withstands(t, enrolmentOracleWith(further), server.field(t));
  t.comment(`${did}: ${saw}`);

  for (const [suite, step, names] of [
    [X25519, 'diffieHellman', ['user5', 'alice', 'user3', 'user4']], [RSA, 'privateDecrypt', ['user5', 'alice']],
  ] as const) {
    for (const username of names) {
      const { work } = await server.inside();
      const answer = await ask(server.address, { kind: username, username, person, suites: [suite] });
      t.equal(answer?.code, 3);
      const { work: done } = await server.inside();
      const own = Object.fromEntries(Object.entries(done).map(([name, count]) => [name, count - work[name]!]));
      // X25519: once for the public half of the server's own key, once for the share.
      const expected = { verify: 1, privateDecrypt: 0, diffieHellman: 0, [step]: step === 'diffieHellman' ? 2 : 1 };
      t.same(own, expected, `${username}: a signature is verified, a share opened`);
    }
  }
  const { log } = await server.inside();
  const reasons = ['unasked', 'revoked', 'bad-signature', 'bad-certificate', 'key-changed'];
  t.same(reasons.filter((reason) => !log[`refused ${reason}`]), [], 'the log knows better');
});

test('E7: the refusal never leaves sooner, also where timers do', async (t) => {
  const clock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms * 0.8, run) };
  const server = await TestServer.start(t, { clock });
  for (const username of ['alice', 'user5']) {
    const { code, refusal } = await ask(server.address, { kind: username, username, person, suites }) ?? {};
    t.equal(code, 3);
    t.ok(refusal! >= 250, `${username}: after ${refusal!.toFixed(1)} ms`);
  }
});
