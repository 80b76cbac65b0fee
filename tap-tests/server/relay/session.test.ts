import type { Socket } from 'node:net';
import { test } from 'tap';
import { Secret } from '../../../common/crypto/secret.js';
import { sealRecord } from '../../../common/transport/single-record.js';
import { endReasons, errorCodes } from '../../../common/wire/commands.js';
import { CELL, relayLimits } from '../../../common/wire/limits.js';
import { recordCapacity } from '../../../common/wire/record.js';
import type { Hub } from '../../../server/relay/hub.js';
import { Queues } from '../../../server/relay/queues.js';
import { Rates } from '../../../server/relay/rate.js';
import { Session } from '../../../server/relay/session.js';
import type { Switchboard } from '../../../server/relay/switchboard.js';
import { line } from '../../support/fake-server.js';
import { ManualClock } from '../../support/manual-clock.js';
import { message, newIdentity, type RawClient } from '../../support/raw-client.js';
import { sessionKeys } from '../../support/session-setting.js';
import { TestServer } from '../../support/test-server.js';
import { until } from '../../support/until.js';

const ping = (text = '') => message('ping', { data: Buffer.from(text) });

async function ended(client: RawClient, code: keyof typeof errorCodes) {
  const error = await client.expect('erro');
  await client.expect('exit');
  await client.gone();
  return error.code === errorCodes[code];
}

test('a call, a message that arrives as it was sent, and the end', async (t) => {
  const server = await TestServer.start(t);
  const { alice, bob } = await server.pair();
  alice.say('chat', { username: 'bob' });
  t.same(await bob.expect('reqt'), { username: 'alice' });
  t.same(await alice.expect('call'), { username: 'bob' });
  bob.say('acpt', { username: 'alice' });
  const [forAlice, forBob] = [await alice.expect('pubk'), await bob.expect('pubk')];
  t.match(forAlice, { role: 0, peer: 'bob', spki: server.keys.get('bob')!.public.spki });
  t.match(forBob, { role: 1, peer: 'alice', spki: server.keys.get('alice')!.public.spki, conversation: forAlice.conversation });
  const { conversation } = forAlice;
  for (const length of [1, 100, CELL - 66, 16 * CELL - 66]) {
    const body = Buffer.alloc(length, length);
    alice.say('frwd', { conversation, body });
    t.same(await bob.expect('frwd'), { conversation, body }, `${length} bytes`);
  }
  bob.say('exch', { conversation });
  t.same(await alice.expect('exch'), { conversation, reason: endReasons.left });
  alice.say('exit', undefined);
  await alice.expect('exit');
  await alice.gone();
  t.same((await server.logged('logged-out'))['reason'], 'exit');
});

test('however the bytes are cut, the same happens (E5)', async (t) => {
  const server = await TestServer.start(t, { users: ['alice'], limits: { rateMessages: 1_000 } });
  const alice = await server.login('alice');
  const records = Buffer.concat(Array.from({ length: 50 }, (_, index) => alice.seal(ping(`${index}`))));
  for (let at = 0, size = 1; at < records.length; at += size, size = (size * 31 + 7) % 9_000 + 1) {
    alice.socket.write(records.subarray(at, at + size));
    if (size % 3 === 0) await new Promise(setImmediate);
  }
  await until('50 pongs', () => alice.heard.filter(({ command }) => command === 'pong').length === 50);
  t.same(alice.heard.slice(1).map(({ payload }) => payload.toString()), Array.from({ length: 50 }, (_, index) => `${index}`));
});

test('what is malformed ends the session with erro 12 (E5, E6)', async (t) => {
  const server = await TestServer.start(t, { users: ['alice'], limits: { connectBurst: 100 } });
  const plaintext = (fill: (bytes: Buffer) => void) => {
    const bytes = Buffer.alloc(recordCapacity(1));
    fill(bytes);
    return bytes;
  };
  const header = (bytes: Buffer, command: string, length: number) => {
    bytes.write(command, 'latin1');
    bytes.writeUInt32BE(length, 4);
  };
  const headerByte = (client: RawClient, at: number, value: number) => {
    const record = client.seal(ping());
    record[at] = value;
    return record;
  };
  const rows: [string, (client: RawClient) => Buffer][] = [
    ['no message', (client) => client.sealPlaintext(plaintext(() => undefined))],
    ['unknown command', (client) => client.sealPlaintext(plaintext((bytes) => header(bytes, 'root', 0)))],
    ['a command of the server', (client) => client.sealPlaintext(plaintext((bytes) => header(bytes, 'welc', 0)))],
    ['constructor', (client) => client.sealPlaintext(plaintext((bytes) => header(bytes, '__pr', 0)))],
    ['a length past the end', (client) => client.sealPlaintext(plaintext((bytes) => header(bytes, 'ping', 0xffff_ffff)))],
    ['padding', (client) => client.sealPlaintext(plaintext((bytes) => (header(bytes, 'ping', 0), (bytes[4_000] = 1))))],
    ['a username outside the grammar', (client) => client.seal({ command: 'chat', payload: Buffer.from('../bob') })],
    ['no username', (client) => client.seal({ command: 'chat', payload: Buffer.alloc(0) })],
    ['frwd of 8 bytes', (client) => client.seal({ command: 'frwd', payload: Buffer.alloc(8) })],
    ['exch of 9 bytes', (client) => client.seal({ command: 'exch', payload: Buffer.alloc(9) })],
    ['a payload where none is due', (client) => client.seal({ command: 'exit', payload: Buffer.alloc(1) })],
    ['a ping too long', (client) => client.seal({ command: 'ping', payload: Buffer.alloc(33) })],
    ['a pong that answers nothing', (client) => client.seal({ command: 'pong', payload: Buffer.alloc(8) })],
    ["another's name", (client) => headerByte(client, 0, 0x62)],
    ['another counter', (client) => headerByte(client, 16, 1)],
    ['k = 0', (client) => headerByte(client, 32, 0)],
    ['k = 17', (client) => headerByte(client, 32, 17)],
    ['k = 255', (client) => headerByte(client, 32, 255)],
    ['tag', (client) => headerByte(client, 33, client.seal(ping())[33]! ^ 1)],
    ['ciphertext', (client) => headerByte(client, CELL - 1, 0)],
  ];
  for (const [name, bytes] of rows) {
    const alice = await server.login('alice');
    await alice.expect('welc');
    alice.socket.write(bytes(alice));
    t.ok(await ended(alice, 'malformed'), name);
  }
  t.equal(server.events('malformed').length, rows.length);
});

test('a record that was sent already', async (t) => {
  const server = await TestServer.start(t, { users: ['alice'] });
  const alice = await server.login('alice');
  const record = alice.seal(ping());
  alice.socket.write(Buffer.concat([record, record]));
  await alice.expect('pong');
  t.ok(await ended(alice, 'malformed'));
});

test('the rate: what is beyond it waits, in order, and belongs to the user (E8)', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock, users: ['alice'], limits: { rateMessages: 10 } });
  const alice = await server.login('alice');
  await alice.expect('welc');
  const pongs = (client = alice) => client.heard.map(({ payload }) => payload.toString());
  for (let index = 0; index < 4; index++) alice.socket.write(alice.seal(...[0, 1, 2, 3, 4].map((each) => ping(`${5 * index + each}`))));
  await until('10 pongs', () => alice.heard.length === 10);
  t.equal(pongs().at(-1), '9');
  clock.advance(4_999);
  alice.socket.write(alice.seal(ping('20')));
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(alice.heard.length, 10, 'nothing in the same window');
  clock.advance(1);
  await until('20 pongs', () => alice.heard.length === 20);
  t.same(pongs(), Array.from({ length: 20 }, (_, index) => `${index}`));
  alice.socket.destroy();
  await server.logged('logged-out');
  const again = await server.login('alice');
  await again.expect('welc');
  again.socket.write(again.seal(ping('new connection')));
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.same(pongs(again), [], 'no new budget');
  clock.advance(5_000);
  t.same((await again.expect('pong')).data.toString(), 'new connection');
});

test('more than 64 cells waiting: the line is held, nobody is cut, and all of it comes in its turn', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { users: ['alice'], clock, limits: { rateMessages: 10 } });
  const alice = await server.login('alice');
  await alice.expect('welc');
  const records = Array.from({ length: 5_000 }, (_, index) => alice.seal(ping(`${index}`)));
  alice.socket.write(Buffer.concat(records));
  for (let turn = 1; turn <= 30; turn++) {
    await until(`${turn * 10} pongs`, () => alice.heard.length === turn * 10);
    t.ok(alice.socket.writableLength > 0, 'the rest stays with the sender');
    clock.advance(5_000);
  }
  t.same(alice.heard.slice(0, 300).map(({ payload }) => payload.toString()), Array.from({ length: 300 }, (_, index) => `${index}`));
  t.notOk(alice.closed);
});

test('a flood: a record with more messages than the window allows', async (t) => {
  const server = await TestServer.start(t, { users: ['alice'], limits: { rateMessages: 10 } });
  const alice = await server.login('alice');
  await alice.expect('welc');
  alice.socket.write(alice.seal(...Array.from({ length: 11 }, () => ping())));
  t.ok(await ended(alice, 'flood'));
  t.equal(server.events('flood')[0]!['username'], 'alice');
});

test('a paste of 50 cells is no flood (E8)', async (t) => {
  const server = await TestServer.start(t, { limits: { rateWindowMs: 50 } });
  const { alice, bob } = await server.pair();
  const conversation = await server.connect(alice, bob);
  for (let index = 0; index < 50; index++) alice.say('frwd', { conversation, body: Buffer.from([4, index]) });
  for (let index = 0; index < 50; index++) t.equal((await bob.expect('frwd')).body[1], index);
});

test('a burst of the largest messages, within the rate, cuts nobody who reads', async (t) => {
  const server = await TestServer.start(t, { limits: { rateWindowMs: 100, queueCells: 48 } });
  const { alice, bob } = await server.pair();
  const conversation = await server.connect(alice, bob);
  const body = Buffer.alloc(16 * CELL - 66, 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  alice.socket.write(Buffer.concat(Array.from({ length: 10 }, () => alice.seal(message('frwd', { conversation, body })))));
  for (let index = 0; index < 10; index++) t.equal((await bob.expect('frwd')).body.length, body.length);
  t.same([await alice.settled(), await bob.settled()], [[], []]);
});

test('silence and idleness', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock });
  const { alice, bob } = await server.pair();
  const conversation = await server.connect(alice, bob);
  clock.advance(60_000);
  for (const client of [alice, bob]) client.say('pong', await client.expect('ping'));
  for (const client of [alice, bob]) await client.settled();
  clock.advance(59_999);
  await bob.settled();
  clock.advance(1);
  await alice.expect('ping');
  clock.advance(60_000);
  t.ok(await ended(alice, 'silence'));
  t.same(await bob.expect('exch'), { conversation, reason: endReasons.idle });
  for (let minute = 0; minute < 27; minute++) {
    await bob.settled();
    clock.advance(59_999);
  }
  await bob.settled();
  clock.advance(100);
  t.ok(await ended(bob, 'idle'), 'pings are no sign of a person');
  await until('no timer is left', () => clock.pending === 0);
});

test('a connection that breaks leaves no ghost (E9)', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock });
  for (let round = 0; round < 20; round++) {
    const { alice, bob } = await server.pair();
    const conversation = await server.connect(alice, bob);
    alice.socket.resetAndDestroy();
    t.same(await bob.expect('exch'), { conversation, reason: endReasons.broken });
    bob.say('exit', undefined);
    await bob.gone();
    clock.advance(5_000);
  }
  await server.logged('logged-out', 40);
  t.equal(clock.pending, 0);
});

test('one that does not read: its conversation ends at half the queue, others go on (E3)', async (t) => {
  const clock = new ManualClock();
  const limits = { ...relayLimits, rateMessages: 1_000_000, queueCells: 64 };
  const server = await TestServer.start(t, { clock, users: ['alice', 'bob', 'user1'], limits });
  const { alice, bob } = await server.pair();
  const user1 = await server.login('user1');
  const conversation = await server.connect(alice, bob);
  const other = await server.connect(alice, user1);
  bob.socket.pause();
  const body = Buffer.alloc(16 * CELL - 66, 1);
  let sent = 0;
  while (!alice.heard.some(({ command }) => command === 'exch') && sent < 2_000) {
    alice.say('frwd', { conversation, body });
    sent++;
    if (sent % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  t.same(await alice.expect('exch'), { conversation, reason: endReasons.didNotRead });
  t.ok(sent < 2_000, `${sent} records of 64 KiB`);
  alice.say('frwd', { conversation: other, body: Buffer.from([4]) });
  t.same((await user1.expect('frwd')).body, Buffer.from([4]), 'others are unaffected');
  t.notOk(server.events('logged-out').length, 'bob is still there');
  clock.advance(30_000);
  t.equal((await server.logged('cut'))['reason'], 'stalled');
  t.equal((await server.logged('logged-out'))['username'], 'bob');
  await alice.settled();
});

test('--log-wire shows what anybody sees, and no more', async (t) => {
  const server = await TestServer.start(t, { logWire: true });
  const { alice, bob } = await server.pair();
  const conversation = await server.connect(alice, bob);
  const record = alice.seal(message('frwd', { conversation, body: Buffer.from('\x04SECRET-CANARY') }));
  alice.socket.write(record.subarray(0, 20));
  await new Promise(setImmediate);
  alice.socket.write(record.subarray(20));
  await bob.expect('frwd');
  const seen = server.events('record-in').filter(({ username }) => username === 'alice');
  t.same(seen.at(-1), {
    event: 'record-in', username: 'alice', counter: '1', k: 1,
    tag: record.toString('hex', 33, 49), ciphertext: record.toString('hex', 49, 65),
  });
  t.ok(server.events('record-out').length >= 4);
  t.notMatch(JSON.stringify(server.log), /SECRET-CANARY|5345435245542d43414e415259/);
});

test('only the very bytes of a ping, which nobody foresees, are an answer to it', async (t) => {
  const server = await TestServer.start(t, { users: ['alice'], limits: { connectBurst: 100 } });
  const asked = new Set<string>();
  const answers: [string, (data: Buffer) => Buffer][] = [
    ['others', (data) => Buffer.from(data.map((byte) => byte ^ 1))], ['fewer', (data) => data.subarray(1)], ['none', () => Buffer.alloc(0)],
    ['more', (data) => Buffer.concat([data, Buffer.alloc(1)])],
  ];
  for (const [name, answer] of answers) {
    const alice = await server.login('alice');
    await alice.expect('welc');
    await t.rejects(server.login('alice'), { message: 'refused with 4' });
    const { data } = await alice.expect('ping');
    asked.add(data.toString('hex'));
    alice.say('pong', { data: answer(data) });
    t.ok(await ended(alice, 'malformed'), name);
    await server.logged('logged-out', asked.size);
  }
  t.equal(asked.size, answers.length, 'another one each time');
});

test('one conversation has half of a queue, and many who stay below it close a receiver together', async (t) => {
  const callers = ['user1', 'user2', 'user3', 'user4'];
  const limits = { ...relayLimits, rateMessages: 1_000_000, queueCells: 64 };
  const server = await TestServer.start(t, { users: ['bob', ...callers], limits });
  const bob = await server.login('bob');
  const chats = [];
  for (const name of callers) {
    const client = await server.login(name);
    const conversation = await server.connect(client, bob);
    chats.push({ client, conversation, send: () => client.say('frwd', { conversation, body: Buffer.alloc(16 * CELL - 66, 1) }) });
  }
  const [first, second, ...others] = chats as [typeof chats[number], typeof chats[number], ...typeof chats];
  bob.socket.pause();
  // The first takes all that the line of bob does.
  for (let sent = 0; !first.client.heard.some(({ command }) => command === 'exch') && sent < 2_000; sent++) {
    first.send();
    if (sent % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (let cells = 16; cells <= 32; cells += 16) {
    second.send();
    t.same(await second.client.settled(), [], `${cells} cells of 64`);
  }
  second.send();
  const { conversation } = second;
  t.same(await second.client.expect('exch'), { conversation, reason: endReasons.didNotRead }, '48 cells');
  t.equal(server.events('cut').length, 0, 'bob stays');
  for (const { send } of others) for (let cells = 16; cells <= 32; cells += 16) send();
  t.equal((await server.logged('cut'))['reason'], 'queue-full');
  for (const { client } of others) t.equal((await client.expect('exch')).reason, endReasons.didNotRead);
});

test('a pong behind what waits for the rate has 5 s more, once', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock, users: ['alice'], limits: { rateMessages: 10, rateWindowMs: 600_000, silenceMs: 1_000_000 } });
  const alice = await server.login('alice');
  await alice.expect('welc');
  for (let index = 0; index < 11; index++) alice.socket.write(alice.seal(ping(`${index}`)));
  await until('10 pongs', () => alice.heard.filter(({ command }) => command === 'pong').length === 10);
  await t.rejects(server.login('alice'), { message: 'refused with 4' });
  await alice.expect('ping');
  clock.advance(5_000);
  t.equal(server.events('takeover').length, 0, 'its pong may wait too');
  clock.advance(4_999);
  t.equal(server.events('takeover').length, 0);
  clock.advance(1);
  t.ok(await ended(alice, 'silence'));
  t.equal(server.events('takeover').length, 1);
});

/** A session on a line that nobody reads, with nobody else on the server. */
function alone(switchboard: object, log: Hub['log'] = () => undefined) {
  const { client, server: far } = line();
  const [keys, clock, queues] = [sessionKeys(), new ManualClock(), new Queues(10_000)];
  const hub: Hub = {
    limits: relayLimits, clock, log, logWire: false, rates: new Rates(relayLimits, clock), queues,
    switchboard: switchboard as Switchboard, closed: () => undefined,
  };
  const user = { username: 'alice', identity: newIdentity().public, certificates: [] };
  return { client, keys, clock, queues, session: Session.open(far as Socket, { user, keys, counter: 0n, suite: 'rsa' }, hub) };
}

test('what its line does not take counts from that moment, though nothing follows', async (t) => {
  const reasons: unknown[] = [];
  const { client, clock, queues, session } = alone(
    { come: () => true, go: () => undefined, rooms: { come: () => undefined } },
    (event, { reason } = {}) => void (event === 'cut' && reasons.push(reason)),
  );
  for (let sent = 0; sent < 4; sent++) session!.deliver('conversation', 'frwd', Buffer.alloc(60_000, 1));
  t.equal(queues.total, 0, 'it may leave at the end of the turn');
  await until('the line is full', () => queues.total > 0);
  clock.advance(29_999);
  t.same(reasons, []);
  clock.advance(1);
  t.same(reasons, ['stalled']);
  client.destroy();
});

test('what a client has said already is heard when the session is to listen, and not before', async (t) => {
  const events: string[] = [];
  const { client, keys, clock, session } = alone(
    { come: () => true, go: () => undefined, rooms: { come: () => undefined } }, (event) => void events.push(event),
  );
  const copy = new Secret(Buffer.from(keys.initiatorToResponder.bytes));
  client.write(sealRecord({ username: 'alice', key: copy, counter: 0n }, message('exit', undefined)));
  await new Promise(setImmediate);
  t.same(events, []);
  session!.listen();
  await until('the end', () => events.length > 0);
  t.same(events, ['logged-out']);
  clock.advance(5_000);
  client.destroy();
});

test('a connection whose name is taken keeps no key', async (t) => {
  const { client, keys, clock, session } = alone({ come: () => false });
  t.equal(session, undefined);
  t.same(Object.values(keys).map(({ wiped }) => wiped), [true, true, true]);
  t.equal(clock.pending, 0);
  client.destroy();
});
