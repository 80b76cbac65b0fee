import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { errorCodes } from '../../common/wire/commands.js';
import { message, type RawClient } from '../support/raw-client.js';
import { TestServer } from '../support/test-server.js';
import { until } from '../support/until.js';

/** A rate that nothing here meets. */
const limits = { rateMessages: 1_000 };
const CALLED = /^(chat|cach|acpt|refu)/;

/** All that was heard up to now, one line a message: `erro 6 frwd 0123456789abcdef`, `reqt alice`. */
async function heard(client: RawClient): Promise<string[]> {
  const before = client.heard.length;
  client.say('ping', { data: Buffer.from('all') });
  const answered = () => client.heard.slice(before).some(({ command }) => command === 'pong');
  await until(`the pong for ${client.username}`, answered);
  return client.heard.splice(0).slice(0, -1).map(({ command, payload }) => inWords(command, payload));
}

function inWords(command: string, payload: Buffer): string {
  if (command === 'erro') return `erro ${payload.readUInt16BE(0)} ${about(payload)}`.trim();
  if (command === 'pubk') return `pubk as ${payload[8]}`;
  if (command === 'exch') return `exch ${payload[8]}`;
  return `${command} ${payload.toString('latin1')}`.trim();
}

/** The command that could not be done, and its username, or its conversation in hexadecimal. */
function about(erro: Buffer): string {
  const bytes = erro.subarray(3, 3 + erro[2]!);
  const [command, subject] = [bytes.toString('latin1', 0, 4), bytes.subarray(4)];
  return `${command} ${subject.toString(CALLED.test(command) ? 'latin1' : 'hex')}`.trim();
}

/** Alice and bob in a conversation, user3 without one; nothing of it is left to be heard. */
async function scene(t: Parameters<typeof TestServer.start>[0]) {
  const server = await TestServer.start(t, { users: ['alice', 'bob', 'user3'], limits });
  const { alice, bob } = await server.pair();
  const user3 = await server.login('user3');
  await user3.expect('welc');
  return { server, alice, bob, user3 };
}

test('E10: what nobody has asked for', async (t) => {
  const { server, alice, bob, user3 } = await scene(t);
  const conversation = await server.connect(alice, bob);
  const unknown = randomBytes(8).toString('hex');
  const body = Buffer.from([4, 1]);
  const rows: [ReturnType<typeof message>, string][] = [
    [message('chat', { username: 'user3' }), 'erro 2 chat user3'],
    [message('acpt', { username: 'user3' }), 'erro 5 acpt user3'],
    [message('cach', { username: 'user3' }), 'erro 5 cach user3'],
    [message('refu', { username: 'user3' }), 'erro 5 refu user3'],
    [message('chat', { username: 'nobody' }), 'erro 1 chat nobody'],
    [message('chat', { username: 'constructor' }), 'erro 1 chat constructor'],
    [message('acpt', { username: 'alice' }), 'erro 5 acpt alice'],
    [message('cach', { username: 'alice' }), 'erro 5 cach alice'],
    [message('refu', { username: 'alice' }), 'erro 5 refu alice'],
    [message('acpt', { username: 'nobody' }), 'erro 5 acpt nobody'],
    [message('frwd', { conversation, body }), `erro 6 frwd ${conversation}`],
    [message('exch', { conversation }), `erro 6 exch ${conversation}`],
    [message('frwd', { conversation: unknown, body }), `erro 6 frwd ${unknown}`],
    [message('exch', { conversation: unknown }), `erro 6 exch ${unknown}`],
  ];
  for (const [said, answer] of rows) {
    user3.socket.write(user3.seal(said));
    t.same(await heard(user3), [answer], answer);
  }
  t.same([await heard(alice), await heard(bob)], [[], []], 'nobody heard of it');

  alice.say('frwd', { conversation, body });
  t.same((await bob.expect('frwd')).body, body, 'and the conversation goes on');
});

test('E10: everything at once, in one packet', async (t) => {
  const { alice, bob } = await scene(t);
  const said = (username: string, ...commands: ('chat' | 'cach' | 'acpt' | 'refu')[]) =>
    commands.map((command) => message(command, { username }));
  const bobs = said('bob', 'chat', 'chat', 'acpt', 'refu', 'cach', 'cach', 'acpt', 'chat');
  alice.socket.write(Buffer.concat([...bobs, ...said('alice', 'chat')].map((each) => alice.seal(each))));
  t.same(await heard(alice), [
    'call bob', 'erro 3 chat bob', 'erro 5 acpt bob', 'erro 5 refu bob',
    'erro 5 cach bob', 'erro 5 acpt bob', 'call bob', 'erro 2 chat alice',
  ]);
  t.same(await heard(bob), ['reqt alice', 'cach alice', 'reqt alice']);

  bob.socket.write(bob.seal(...said('alice', 'chat', 'cach', 'acpt', 'acpt', 'refu')));
  t.same(await heard(bob), [
    'erro 4 chat alice', 'erro 5 cach alice', 'pubk as 1', 'erro 5 acpt alice', 'erro 5 refu alice',
  ]);
  t.same(await heard(alice), ['pubk as 0']);
});

for (const first of ['alice', 'bob'] as const) {
  test(`E10: both call at the same moment, and accept at the same moment; ${first}'s bytes first`, async (t) => {
    const { alice, bob } = await scene(t);
    const [one, other] = first === 'alice' ? [alice, bob] : [bob, alice];
    one.say('chat', { username: other.username });
    other.say('chat', { username: one.username });
    // Asked twice: the first answer of the one may come before the command of the other.
    const [ones, others] = [await heard(one), await heard(other)];
    ones.push(...await heard(one));
    const oneRings = ones[0] === `call ${other.username}`;
    const [caller, receiver] = oneRings ? [one, other] : [other, one];
    t.same(oneRings ? ones : others, [`call ${receiver.username}`], 'one of the two rings');
    const told = [`reqt ${caller.username}`, `erro 4 chat ${caller.username}`];
    t.same(oneRings ? others : ones, told, 'the other is told');

    caller.say('acpt', { username: receiver.username });
    receiver.say('acpt', { username: caller.username });
    await receiver.expect('pubk');
    const callers = await heard(caller);
    t.same(callers.sort(), [`erro 5 acpt ${receiver.username}`, 'pubk as 0'], 'only the other can accept');
    t.same(await heard(receiver), []);
  });
}

test('E10: cach that comes behind acpt', async (t) => {
  const { alice, bob } = await scene(t);
  alice.say('chat', { username: 'bob' });
  await bob.expect('reqt');
  bob.say('acpt', { username: 'alice' });
  await bob.expect('pubk');
  alice.say('cach', { username: 'bob' });
  t.same(await heard(alice), ['call bob', 'pubk as 0', 'erro 5 cach bob']);
  t.same(await heard(bob), []);

  bob.say('chat', { username: 'alice' });
  t.same(await heard(bob), ['erro 3 chat alice'], 'nor is there a second conversation with the same peer');
});

test('E10: frwd behind exch', async (t) => {
  const { server, alice, bob } = await scene(t);
  const conversation = await server.connect(alice, bob);
  const late = message('frwd', { conversation, body: Buffer.from([4, 1]) });
  alice.socket.write(alice.seal(message('exch', { conversation }), late, message('exch', { conversation })));
  t.same(await heard(alice), [`erro 6 exch ${conversation}`], 'what was on its way is no fault, a second end is');
  bob.socket.write(bob.seal(late));
  t.same(await heard(bob), ['exch 0', `erro 6 frwd ${conversation}`], 'bob was told before');
});

/** `erro` without anything that it is about, `exit`, and the end. */
async function cut(client: RawClient): Promise<string[]> {
  await client.gone();
  return client.heard.map(({ command, payload }) => inWords(command, payload));
}

test("E10: another's name in a record", async (t) => {
  const { server, alice, bob, user3 } = await scene(t);
  const conversation = await server.connect(alice, bob);
  const record = alice.seal(message('chat', { username: 'user3' }));
  record.fill(0, 0, 16).write('bob', 'latin1');
  alice.socket.write(record.subarray(0, 33));
  t.same(await cut(alice), [`erro ${errorCodes.malformed}`, 'exit'], 'before anything behind the header has come');
  t.same(await heard(bob), ['exch 1'], 'its owner hears no more than any peer would');
  t.same((await heard(user3)), []);

  const others = user3.seal(message('frwd', { conversation, body: Buffer.from([4, 1]) }));
  bob.socket.write(others);
  t.same(await cut(bob), [`erro ${errorCodes.malformed}`, 'exit'], 'nor does a record that is sealed for its owner');
  t.equal(server.events('malformed').length, 2);
});

test("E10: the server's own commands, and the server's form of those that both have", async (t) => {
  const { server, user3 } = await scene(t);
  const conversation = randomBytes(8);
  const pubk = Buffer.concat([conversation, Buffer.of(0, 3), Buffer.from('bob'), Buffer.of(0, 0, 1, 0x30)]);
  const rows: [string, Buffer][] = [
    ['welc', Buffer.from('{}')], ['reqt', Buffer.from('alice')], ['call', Buffer.from('alice')], ['pubk', pubk],
    ['erro', Buffer.of(0, 1, 0)], ['exch', Buffer.concat([conversation, Buffer.of(0)])],
    ['list', Buffer.from('\x00alice\n')], ['pong', Buffer.from('it answers nothing')],
  ];
  let client = user3;
  for (const [command, payload] of rows) {
    client.socket.write(client.seal({ command, payload }, message('ping', { data: Buffer.from('behind') })));
    t.same(await cut(client), [`erro ${errorCodes.malformed}`, 'exit'], `${command}, and nothing behind it`);
    client = await server.login('user3');
    await client.expect('welc');
  }
});
