import { test } from 'tap';
import { logIn, RefusedError } from '../../../client/engine/login.js';
import { encode } from '../../../common/bytes/codec.js';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { RecordSealer } from '../../../common/crypto/record-key.js';
import type { ExchangeKeys } from '../../../common/crypto/exchange.js';
import { Secret } from '../../../common/crypto/secret.js';
import { rsaSuite, type Suite, suites, x25519Suite } from '../../../common/crypto/suite.js';
import { refusal, refusals } from '../../../common/wire/bodies.js';
import { writeCell } from '../../../common/wire/cell.js';
import { packMessages } from '../../../common/wire/record.js';
import { cn, good, NOW, utc } from '../../support/certificate-maker.js';
import { edIdentity, ephemeralOf } from '../../support/exchange-pair.js';
import { FakeLogin, line, serverMessage } from '../../support/fake-server.js';

const alice = edIdentity();

function attempt({ username = 'alice', offered = [x25519Suite] as readonly Suite[], serverName = 'localhost', signal = new AbortController().signal } = {}) {
  const { client, server } = line();
  client.on('error', () => undefined);
  const loggingIn = logIn(
    client,
    { username, identity: alice, certificates: [], authorities: [parseCertificate(good.authority())] },
    { suites: offered, serverName, now: NOW, signal },
  );
  loggingIn.catch(() => undefined);
  return { client, server: new FakeLogin(server), loggingIn };
}

const welcome = (username: string, key: Secret) =>
  Buffer.concat(new RecordSealer(username, key).seal(packMessages([serverMessage('welc', { json: '{}' })])));

for (const suite of suites) {
  test(`it ends with the keys, the certificate and the first cell (${suite.name})`, async (t) => {
    const { client, server, loggingIn } = attempt({ offered: suites });
    const keys = await server.run(alice.public, ephemeralOf(suite));
    const m4 = welcome('alice', keys.responderToInitiator);
    server.stream.write(Buffer.concat([m4, Buffer.from('more')]));
    const loggedIn = await loggingIn;
    t.same(loggedIn.keys.initiatorToResponder.bytes, keys.initiatorToResponder.bytes);
    t.same(loggedIn.keys.responderToInitiator.bytes, keys.responderToInitiator.bytes);
    t.ok(loggedIn.keys.renewal.wiped, 'nobody needs it here');
    t.same(loggedIn.firstCell, m4);
    t.equal(loggedIn.suite, suite);
    t.same(loggedIn.server.subject.commonNames, ['localhost']);
    t.equal(client.readableLength, 4, 'what follows stays');
    t.equal(server.stream.readableLength, 0, 'nothing is said between M3 and M4');
  });
}

test('a user called MSGA: the first record is no refusal', async (t) => {
  const { server, loggingIn } = attempt({ username: 'MSGA' });
  const keys = await server.run(alice.public);
  server.stream.write(welcome('MSGA', keys.responderToInitiator));
  t.equal((await loggingIn).firstCell.toString('latin1', 0, 5), 'MSGA\0');
});

const wrongM2: [string, (server: FakeLogin, body1: Buffer) => Promise<Buffer>, Record<string, string | RegExp>][] = [
  ['a suite that was not offered', async (server, body1) => (await server.answer(body1, { ephemeral: ephemeralOf(rsaSuite) })).body2, { code: 'no-common-suite' }],
  ['another key', async (server, body1) => (await server.answer(body1, { identity: edIdentity() })).body2, { code: 'bad-signature' }],
  ['an M2 for another M1', async (server, body1) => (await server.answer(Buffer.from(body1).fill(1, 20))).body2, { code: 'bad-signature' }],
  ['no certificate', async (server, body1) => (await server.answer(body1, { certificates: [] })).body2, { name: 'TrustError', message: /there is none/ }],
  ['a certificate for another host', async (server, body1) =>
    (await server.answer(body1, { certificates: [good.server({ extensions: [] })] })).body2, { name: 'TrustError' }],
  ['an expired certificate', async (server, body1) =>
    (await server.answer(body1, { certificates: [good.server({ notAfter: utc('270101000000Z') })] })).body2, { name: 'TrustError', message: /expired/ }],
  ["a user's certificate", async (server, body1) => (await server.answer(body1, { certificates: [good.user({ subject: cn('localhost') })] })).body2,
    { name: 'TrustError', message: /serverAuth/ }],
  ['a body cut off', async (server, body1) => (await server.answer(body1)).body2.subarray(1), { code: 'malformed' }],
  ['an empty body', async () => Buffer.alloc(0), { code: 'malformed' }],
];

for (const [name, make, error] of wrongM2) {
  test(`refused, and nothing more is said: ${name}`, async (t) => {
    const { server, loggingIn } = attempt();
    server.stream.write(writeCell('M2', await make(server, await server.readM1())));
    await t.rejects(loggingIn, error as object as Error);
    t.equal(server.stream.readableLength, 0, 'no M3');
  });
}

test('cells that are none', async (t) => {
  const garbage: [Buffer, string][] = [
    [Buffer.alloc(4096), 'wrong-version'], [Buffer.alloc(4096, 'HTTP/1.1 400'), 'wrong-version'],
    [writeCell('M3', Buffer.alloc(9)), 'out-of-turn'], [writeCell('M1', Buffer.alloc(9)), 'out-of-turn'],
    [Buffer.concat([writeCell('M2', Buffer.alloc(9)).subarray(0, 4095), Buffer.from([1])]), 'malformed'],
  ];
  for (const [cell, code] of garbage) {
    const { server, loggingIn } = attempt();
    server.stream.write(cell);
    await t.rejects(loggingIn, { name: 'WireError', code });
  }
});

for (const place of ['M2', 'M4'] as const) {
  test(`a refusal of each code in the place of ${place}`, async (t) => {
    for (const [code, { text }] of Object.entries(refusals)) {
      const { server, loggingIn } = attempt();
      if (place === 'M4') await server.run(alice.public);
      server.stream.write(writeCell('refusal', encode(refusal, { code: Number(code) })));
      await t.rejects(loggingIn, { name: 'RefusedError', code: 'refused', refusalCode: Number(code), message: text });
      t.ok(await loggingIn.catch((error) => error instanceof RefusedError));
    }
    for (const [body, message] of [[Buffer.from([0, 9]), /unknown code, 9/], [Buffer.from([1]), /code/], [Buffer.from([0, 1, 0]), /left over/]] as const) {
      const { server, loggingIn } = attempt();
      if (place === 'M4') await server.run(alice.public);
      server.stream.write(writeCell('refusal', body));
      await t.rejects(loggingIn, { name: 'WireError', code: 'malformed', message });
    }
  });
}

test('cut before, inside and behind each cell', async (t) => {
  const cuts: [string, (server: FakeLogin) => Promise<void>][] = [
    ['at once', async () => undefined],
    ['behind M1', async (server) => void await server.readM1()],
    ['inside of M2', async (server) => void server.stream.write(writeCell('M2', Buffer.alloc(4)).subarray(0, 4095))],
    ['behind M2', async (server) => void server.stream.write(writeCell('M2', (await server.answer(await server.readM1())).body2))],
    ['behind M3', async (server) => void await server.run(alice.public)],
    ['inside of M4', async (server) => void server.stream.write(welcome('alice', (await server.run(alice.public)).responderToInitiator).subarray(0, 1))],
  ];
  for (const [name, until] of cuts) {
    const { server, loggingIn } = attempt();
    await until(server);
    server.stream.end();
    await t.rejects(loggingIn, { name: 'WireError', code: 'truncated' }, name);
  }
});

test('who waits too long leaves with the reason, whatever has come until then', async (t) => {
  for (const bytes of [0, 1, 4095]) {
    const abort = new AbortController();
    const { server, loggingIn } = attempt({ signal: abort.signal });
    await server.readM1();
    server.stream.write(Buffer.alloc(bytes));
    await new Promise(setImmediate);
    abort.abort(new Error('too slow'));
    await t.rejects(loggingIn, { message: 'too slow' }, `${bytes} bytes`);
  }
});

test('the keys of a login that is refused behind M3 are wiped', async (t) => {
  const wiped = new Set<Secret>();
  const { wipe } = Secret.prototype;
  Secret.prototype.wipe = function watched() {
    wiped.add(this);
    wipe.call(this);
  };
  t.teardown(() => Object.assign(Secret.prototype, { wipe }));
  const ofOne = async (last: (keys: ExchangeKeys) => Buffer) => {
    const before = wiped.size;
    const { server, loggingIn } = attempt();
    server.stream.write(last(await server.run(alice.public)));
    await loggingIn.catch(() => undefined);
    return wiped.size - before;
  };
  const letIn = await ofOne((keys) => welcome('alice', keys.responderToInitiator));
  const refused = await ofOne(() => writeCell('refusal', encode(refusal, { code: 3 })));
  t.equal(refused - letIn, 2, 'the two that one who is let in goes on with');
});
