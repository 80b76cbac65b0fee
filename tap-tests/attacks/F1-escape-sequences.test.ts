import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { writePem } from '../../common/bytes/pem.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import { privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { roles } from '../../common/wire/commands.js';
import { makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { cn, ed25519, good, spkiOf } from '../support/certificate-maker.js';
import { foreignIn, HIDDEN, hostile, visible } from '../support/hostile-texts.js';
import { KnowingRelay, serverOf } from '../support/knowing-relay.js';
import { Program } from '../support/program.js';
import { atTerminal } from '../support/terminal-client.js';

test('F1: the check itself finds each of them', async (t) => {
  const likeOwn = ['a\rb', '\x1b[31m', '\x1b[2A\x1b[J'];
  for (const text of hostile) t.equal(foreignIn(text).length > 0, !likeOwn.includes(text), visible(text));
  t.same(foreignIn('\x1b[2A\r\x1b[J\x1b[1;36m12:03 bob: \x1b[0m👩‍🚀 👨‍👩‍👧‍👦 ❤️ hi\r\n'), []);
});

test('F1: texts of a peer, one by one, on the terminal of a real client', async (t) => {
  const { relay, screen, chat, shows } = await atTerminal(t);
  await chat();
  for (const text of hostile) relay.say(text);
  const hidden = Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point))
    .filter((character) => character.match(HIDDEN) && !/\p{Cs}/u.test(character));
  for (let at = 0; at < hidden.length; at += 400) relay.say(hidden.slice(at, at + 400).join(''));
  relay.say(`👩${'\u200d👩'.repeat(500)}`);
  relay.say(`e${'\u0301'.repeat(2000)}`);
  relay.say(`a${'\ufe00'.repeat(2000)}\u{e0100}`);
  relay.say('the last one');
  await shows(/the last one/);

  t.ok(hidden.length > 3_000, `${hidden.length} hidden characters, ${screen.raw.length} characters were written`);
  t.same(foreignIn(screen.raw), []);
  const shown = screen.text.join('\n');
  for (const text of hostile) t.ok(shown.includes(`bob: ${visible(text)}`), `seen as ${visible(text)}`);
  t.notMatch(screen.raw, /\p{M}{9}/u, 'no more than eight marks on one another');
  t.same(screen.modes, ['?2004h'], 'no mode of the terminal is another');
});

test('F1: everything else that a relay and a certificate can say', async (t) => {
  const all = hostile.join('');
  const { relay, screen, keys, chat, shows } = await atTerminal(t, {
    authority: hostile[0]!, server: hostile.slice(0, 9).join(''),
    welcome: JSON.stringify({ text: hostile.slice(0, 20).join(''), rate: { messages: 1000, seconds: 1 } }),
  });
  t.match(screen.text.join('\n'), /authority "CN="\\u001b\[2J\\u001b\[1;1H"":/, 'the certificate is shown');
  await chat();
  const { publicKey } = ed25519();
  const certificates = [good.user({ subject: cn(hostile[0]!), issuer: cn(hostile[1]!), spki: spkiOf(publicKey) })];
  const introduction = { role: roles.caller, certificates, spki: spkiOf(publicKey) };
  await keys.type('/chat user3\r');
  await relay.session.hear('chat');
  relay.session.say('pubk', { ...introduction, conversation: '00000000000000aa', peer: 'user3' });
  relay.session.say('pubk', { ...introduction, conversation: '00000000000000ab', peer: 'user4' });
  for (const command of ['chat', 'acpt', 'frwd', 'exch', 'fly!', '\x1b[2J']) {
    relay.session.say('erro', { code: 1, about: Buffer.from(`${command}\x1b[2J`), text: all.slice(0, 150) });
  }
  relay.session.say('erro', { code: 999, about: Buffer.from('\x9b2J'), text: '\x1b[2J' });
  relay.session.say('ping', { data: Buffer.from('\x1b[2J') });
  relay.sayUnknown(200, Buffer.from(all));
  relay.say('the last one');
  await shows(/type 200[^]*the last one/);
  relay.session.say('erro', { code: 13, about: Buffer.alloc(0), text: '\x1b]0;closing\x07' });
  relay.session.say('exit', undefined);
  await shows(/user4[^]*The server is closing/);
  t.same(foreignIn(screen.raw), []);
});

test('F1: names, wherever the wire has them', async (t) => {
  for (const [command, payload] of [
    ['reqt', '\x1b[2Jbob'], ['reqt', '\u202ebob'], ['call', 'a\rb'], ['refu', '\x9b2J'], ['cach', 'a\0'],
    ['list', '\0\x1b[2J\n'], ['list', '\0bob[IN CHAT]\x1b[2J\n'], ['welc', '{"text":"\x1b[2J"}'], ['\x1b[2J', ''],
  ] as const) {
    const { relay, screen, status, keys } = await atTerminal(t);
    await keys.type('listx\r');
    relay.session.stream.write(relay.session.seal({ command, payload: Buffer.from(payload, 'utf8') }));
    t.equal(await status, 5, `${visible(command + payload)}: that is no relay`);
    t.same(foreignIn(screen.raw), [], screen.text.at(-1)!);
  }
});

test('F1: as JSON lines a text is exactly what was sent; through a pipe nothing of it is hidden', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { users: ['alice'] });
  const key = await readPrivateKey(privateFolderOf(keys, 'alice').key, async () => PASSPHRASE);
  const alice = { username: 'alice', identity: privateIdentity(key).public };
  const talk = async (accept: object | string, ...options: string[]) => {
    const relay = await KnowingRelay.start(await serverOf(keys));
    const at = ['127.0.0.1', String(relay.port), '--user', 'alice', '--keys', dir, '--suite', 'x25519', ...options];
    const client = new Program('client', at, { MESSAGEAPP_PASSPHRASE: PASSPHRASE });
    t.teardown(() => {
      client.stop();
      relay.close();
    });
    await relay.login(alice, x25519Suite);
    const calling = relay.call(alice, x25519Suite);
    await client.says(/request|asks for a chat/);
    client.type(accept);
    await calling;
    for (const text of hostile) relay.say(text);
    relay.say('the last one');
    await client.says(/the last one/);
    return client;
  };

  const json = await talk({ do: 'accept', with: 'bob' }, '--json', '--known-keys', join(dir, 'json'));
  t.same(json.events.filter(({ event }) => event === 'message').map(({ text }) => text), [...hostile, 'the last one']);
  const pipe = await talk('/accept bob', '--known-keys', join(dir, 'pipe'));
  t.same((pipe.out + pipe.error).replaceAll('\n', '').match(HIDDEN) ?? [], []);
  for (const text of hostile) t.ok(pipe.out.includes(`bob: ${visible(text)}\n`), visible(text));
});

test('F1: names of files, and certificates in them, shown by node keys', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { users: ['alice'] });
  const entry = readFileSync(join(keys.users, 'alice.pem'));
  const names = hostile.filter((name) => !/[/\0]/.test(name));
  for (const name of names) writeFileSync(join(keys.users, `${name}.pem`), entry);
  const chain = good.user({ subject: cn('bob'), issuer: cn('\x1b[2J\x9b2J\u202e'), spki: spkiOf(ed25519().publicKey) });
  writeFileSync(join(keys.users, 'bob.pem'), `\x1b[2J\n${writePem('CERTIFICATE', chain)}`);
  writeFileSync(join(keys.users, 'user3.pem'), writePem('CERTIFICATE', good.user({ subject: cn(hostile[0]!) })));
  const file = join(dir, '\x1b[2J\x9b31m.pem');
  writeFileSync(file, '\x1b[2J');
  const told = await Promise.all([
    ['show'], ['show', 'bob'], ['show', '\x1b[2J'], ['enrol', 'user4', file], ['enrol', '\x1b[2J', file],
    ['user', '\x9b31m'], ['\x1b[2J'], ['revoke', 'a\u202eb'], ['server', '--force', '--host', '\x1b[2J'],
    ['init', '--name', '\x1b[2J'],
  ].map(async (args) => {
    const program = new Program('keys', [...args, '--keys', dir], { MESSAGEAPP_PASSPHRASE: PASSPHRASE });
    t.teardown(() => program.stop());
    await program.ended();
    const said = program.out + program.error;
    t.same(said.replaceAll('\n', '').match(HIDDEN) ?? [], [], visible(`${args.join(' ')}: ${said.split('\n')[0]!}`));
    return said;
  }));
  t.ok(told.every((said) => said.length > 20), 'each says something');
  t.ok(names.every((name) => told[0]!.includes(visible(JSON.stringify(`${name}.pem`)))), 'every file is named');
});
