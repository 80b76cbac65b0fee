import { test } from 'tap';
import { Listing } from '../../../client/engine/listing.js';
import type { Event } from '../../../client/engine/protocol.js';
import { Session, type SessionHandlers } from '../../../client/engine/session.js';
import { FakeSession, line, serverMessage } from '../../support/fake-server.js';
import { ManualClock } from '../../support/manual-clock.js';
import { sessionKeys, sessionSetting as setting, turn, WELCOME } from '../../support/session-setting.js';
import { until } from '../../support/until.js';

const ended = (events: string[]) => until('the end', () => events.includes('ended'));

test('it begins with welc, and then says what comes', async (t) => {
  const { server, events, session } = await setting(t);
  t.same(events, ['welcome']);
  server.say('reqt', { username: 'bob' });
  server.say('call', { username: 'bob' });
  await until('both', () => events.length === 3);
  t.same(events.slice(1), ['reqt bob', 'call bob']);
  session.send('list', { prefix: 'a', after: '' });
  t.same(await server.hear('list'), { prefix: 'a', after: '' });
});

const wrong: [string, Parameters<typeof serverMessage>[], string][] = [
  ['anything before welc', [['reqt', { username: 'bob' }]], 'out-of-turn'],
  ['welc behind another in the first record', [['ping', { data: Buffer.alloc(0) }], ['welc', WELCOME]], 'out-of-turn'],
  ['welc twice', [['welc', WELCOME], ['welc', WELCOME]], 'out-of-turn'],
  ['a pong that nobody asked for', [['welc', WELCOME], ['pong', { data: Buffer.alloc(0) }]], 'out-of-turn'],
  ['exit that nobody asked for', [['welc', WELCOME], ['exit', undefined]], 'truncated'],
];

for (const [name, messages, code] of wrong) {
  test(`it ends, once, with nothing left: ${name}`, async (t) => {
    const { events, errors, clock, client, own } = await setting(t, { first: messages.map(([command, payload]) => serverMessage(command, payload)) });
    await ended(events);
    t.same(errors, [code]);
    t.equal(clock.pending, 0);
    t.ok(client.destroyed);
    t.ok(own.initiatorToResponder.wiped && own.responderToInitiator.wiped);
  });
}

test('nothing behind the fault is told, not even in the same record', async (t) => {
  const first = [['welc', WELCOME], ['pong', { data: Buffer.alloc(0) }], ['reqt', { username: 'bob' }]] as const;
  const { events } = await setting(t, { first: first.map(([command, payload]) => serverMessage(command, payload as never)) });
  t.same(events, ['welcome', 'ended']);
});

test('a record that does not verify, and a payload that is none', async (t) => {
  const broken = await setting(t);
  const record = broken.server.seal(serverMessage('reqt', { username: 'bob' }));
  record.writeUInt8(record.readUInt8(4_000) ^ 1, 4_000);
  broken.server.stream.write(record);
  await ended(broken.events);
  t.same(broken.errors, ['bad-record']);

  const malformed = await setting(t);
  malformed.server.stream.write(malformed.server.seal({ command: 'reqt', payload: Buffer.from('not a name') }));
  await ended(malformed.events);
  t.same(malformed.errors, ['malformed']);
  t.same(malformed.events, ['welcome', 'ended']);
});

test('a ping is answered with what was in it', async (t) => {
  const { server } = await setting(t);
  server.say('ping', { data: Buffer.from('are you there?') });
  t.same(await server.hear('pong'), { data: Buffer.from('are you there?') });
});

test('a ping before the answer to the last one could go', async (t) => {
  const { server, session, events, errors } = await setting(t, { first: [serverMessage('welc', { json: '{"rate":{"messages":1,"seconds":5}}' })] });
  session.send('list', { prefix: '', after: '' });
  server.say('ping', { data: Buffer.alloc(0) });
  await turn();
  t.notOk(events.includes('ended'));
  server.say('ping', { data: Buffer.alloc(0) });
  await ended(events);
  t.same(errors, ['out-of-turn']);
});

test('silence: after 75 s this side asks, and 30 s later it has ended', async (t) => {
  const { server, clock, events, errors } = await setting(t);
  clock.advance(74_999);
  await turn();
  t.equal(server.count('ping'), 0);
  clock.advance(1);
  t.same(await server.hear('ping'), { data: Buffer.alloc(0) });
  clock.advance(29_999);
  t.notOk(events.includes('ended'));
  clock.advance(1);
  t.same(errors, ['truncated']);
  t.equal(clock.pending, 0);
});

test('silence: an answer, or anything else, and the time begins anew', async (t) => {
  const { server, clock, events } = await setting(t);
  for (let again = 1; again <= 3; again++) {
    clock.advance(75_000);
    await server.hear('ping', again);
    server.say('pong', { data: Buffer.alloc(0) });
    await turn();
  }
  clock.advance(74_000);
  server.say('reqt', { username: 'bob' });
  await until('reqt', () => events.length === 2);
  clock.advance(74_000);
  await turn();
  t.equal(server.count('ping'), 3);
});

test('an answer that does not fit the question', async (t) => {
  const { server, clock, events, errors } = await setting(t);
  clock.advance(75_000);
  await server.hear('ping');
  server.say('pong', { data: Buffer.from('?') });
  await ended(events);
  t.same(errors, ['out-of-turn']);
});

test('a server that never says welcome', async (t) => {
  const { client, server: far } = line();
  const clock = new ManualClock();
  const server = new FakeSession(far, 'alice', sessionKeys());
  const errors: unknown[] = [];
  const whole = Buffer.concat([server.seal({ command: 'welc', payload: Buffer.alloc(1_000) }, { command: 'frwd', payload: Buffer.alloc(5_000) })]);
  const session = new Session(client, 'alice', sessionKeys(), clock, {} as SessionHandlers, { welcome: () => t.fail(), ended: (error) => errors.push(error) });
  session.start(whole.subarray(0, 4096));
  session.send('list', { prefix: '', after: '' });
  clock.advance(75_000);
  t.match(errors, [{ code: 'truncated' }]);
  far.destroy();
});

test('exit is answered, or waited for 5 s', async (t) => {
  const polite = await setting(t);
  polite.session.exit();
  await polite.server.hear('exit');
  polite.server.say('exit', undefined);
  await ended(polite.events);
  t.same(polite.errors, [undefined]);

  const silent = await setting(t);
  silent.session.exit();
  await silent.server.hear('exit');
  silent.clock.advance(4_999);
  t.notOk(silent.events.includes('ended'));
  silent.clock.advance(1);
  t.same(silent.errors, [undefined]);

  const closing = await setting(t);
  closing.session.exit();
  closing.server.stream.end();
  await ended(closing.events);
  t.same(closing.errors, [undefined]);
});

test('a connection that breaks', async (t) => {
  const { server, events, errors, session } = await setting(t);
  server.stream.end();
  await ended(events);
  t.same(errors, ['truncated']);
  session.exit();
  session.send('list', { prefix: '', after: '' });
  await turn();
  t.same(errors, ['truncated'], 'once');

  const broken = await setting(t);
  broken.client.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  await ended(broken.events);
  t.same(broken.errors, ['ECONNRESET']);
});

test('messages are spread over the rate, and no record has more than it allows', async (t) => {
  const { session, server, clock } = await setting(t, { first: [serverMessage('welc', { json: '{"rate":{"messages":3,"seconds":5}}' })] });
  server.stream.pause();
  for (let n = 0; n < 40; n++) session.submit('text', () => session.forward(Buffer.alloc(n < 6 ? 60_000 : 9, 1)));
  t.equal(session.waiting, 37);
  for (let windows = 0; windows < 14; windows++) {
    clock.advance(5_000);
    await turn();
  }
  server.stream.resume();
  await server.hear('frwd', 40);
  t.ok(Math.max(...server.records) <= 3, `records of ${server.records.join()}`);
});

test('a relay that asks for more than can be sent is left', async (t) => {
  const { session, events, errors } = await setting(t);
  for (let n = 0; n <= 2_010; n++) session.send('list', { prefix: '', after: '' });
  t.notOk(events.includes('ended'), '2,001 wait');
  session.send('list', { prefix: '', after: '' });
  t.same(errors, ['queue-full']);
  t.equal(session.waiting, 0);
});

test('nothing behind exit is told, not even in the same record', async (t) => {
  const first = [['welc', WELCOME], ['exit', undefined], ['reqt', { username: 'bob' }]] as const;
  const { events } = await setting(t, { first: first.map(([command, payload]) => serverMessage(command, payload as never)) });
  t.same(events, ['welcome', 'ended']);
});

test('lists: none that nobody asked for, and an end to those that have none', async (t) => {
  const { session, server } = await setting(t, { first: [serverMessage('welc', { json: '{"rate":{"messages":1000,"seconds":5}}' })] });
  const told: Event[] = [];
  const listing = new Listing(session, (event) => void told.push(event));
  const page = (from: number) => Array.from({ length: 256 }, (_, n) => ({ name: `user${String(from + n).padStart(5, '0')}`, inChat: false }));
  listing.listed({ more: 0, users: page(0) });
  t.same(told, []);
  listing.ask('user');
  for (let at = 0; told.length === 0 && at < 20; at++) listing.listed({ more: 1, users: page(256 * at) });
  t.match(told, [{ event: 'users', more: true }]);
  t.equal((told[0] as Event & { event: 'users' }).users.length, 4_096);
  await server.hear('list', 16);
  listing.listed({ more: 0, users: page(0) });
  t.equal(told.length, 1);
});

test('what stands before a wrong record counts, however the bytes are cut', async (t) => {
  for (const cut of [4_096, 4_096 + 33, 8_192]) {
    const { server, events, errors } = await setting(t);
    const [right, wrong] = [server.seal(serverMessage('reqt', { username: 'bob' })), server.seal(serverMessage('reqt', { username: 'user3' }))];
    wrong.writeUInt8(9, 16);
    const bytes = Buffer.concat([right, wrong]);
    server.stream.write(bytes.subarray(0, cut));
    server.stream.write(bytes.subarray(cut));
    await ended(events);
    t.same(events, ['welcome', 'reqt bob', 'ended'], `${cut}`);
    t.same(errors, ['bad-record']);
  }
});
