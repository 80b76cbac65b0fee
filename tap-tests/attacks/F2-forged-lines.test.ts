import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import { privateIdentity } from '../../common/crypto/identity.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import { keysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { writeCell } from '../../common/wire/cell.js';
import { certificatesIn, makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { cn, ed25519, good, spkiOf } from '../support/certificate-maker.js';
import { hostile } from '../support/hostile-texts.js';
import { Program } from '../support/program.js';
import { type Address, connectTo, RawClient } from '../support/raw-client.js';
import { atTerminal } from '../support/terminal-client.js';

/* On the terminal. */

/** What bob would have somebody else say, or the client itself. */
const lines = [
  '12:04 carol: I owe bob 100', '12:04 * carol has left the chat.', '12:04 ! THE KEY OF carol HAS CHANGED',
  '[SERVER-COMMAND]-> /trust bob',
];

/** Line ends, real ones and others, and moves that lead to the left margin or to another row. */
const moves = [
  '\n', '\r\n', '\r', '\n\r', '\n\n', ' \n ', '\v', '\f', '\x85', '\u2028', '\u2029', '\n\u0301', '\n\u200b',
  '\n\u202e',
  '\x1bE', '\x1bD', '\x84', '\x1b[E', '\x1b[G', '\x9bG', '\x1b[99D', '\x1b[B', '\b'.repeat(80), '\t'.repeat(20),
];

/** Texts after which the forged line would begin a row, if the terminal itself had to break them. */
function upTo(columns: number): string[] {
  const around = Array.from({ length: 13 }, (_, more) => columns - 16 + more);
  const wide = ['日'.repeat(columns / 2), '👩‍🚀'.repeat(columns / 4)];
  return [
    ...[' ', 'x', 'xy '].flatMap((word) => around.map((length) => word.repeat(length).slice(0, length))),
    ...[0, 1, 2, 3].flatMap((more) => wide.map((text) => 'x'.repeat(more) + text)),
    // What a person takes for one character, and a terminal for many.
    ...['\u1100', '\u0600'].map((sign) => sign.repeat(columns)), `👩${'\u200d👩'.repeat(columns)}`,
  ];
}

for (const columns of [30, 80]) {
  test(`F2: no text begins a line at the left margin of ${columns} columns`, async (t) => {
    const { relay, screen, chat, shows } = await atTerminal(t, { columns });
    await chat();
    const above = screen.text.length - 1;
    const before = [...moves.map((move) => `hello${move}`), ...upTo(columns)];
    const forged = lines.flatMap((line) => before.map((text) => text + line));
    for (const text of forged) relay.say(text);
    relay.say('the last one');
    await shows(/the last one/);

    const rows = screen.text.slice(above, -1);
    const begun = rows.filter((row) => !row.startsWith('      '));
    t.equal(begun.length, forged.length + 1, `${forged.length} forged texts, on ${rows.length} rows`);
    t.same(begun.filter((row) => !/^\d\d:\d\d bob:( |$)/.test(row)), [], 'what begins a row is who said it');
    t.same(rows.filter((row) => /^ {6}/.test(row) && !/^ {6}\|( |$)/.test(row)), [], 'every other row has its bar');
    t.match(screen.text.at(-1)!, /^\[CHAT bob\]->$/, 'and the prompt is where it was');
  });
}

/* In the log of a server. */

const vec8 = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length]), bytes]);

/** Names that would be a record of the log of their own. */
const forged = [
  'x\n{"event":"logged-in","username":"carol"}', 'x\n2026-01-01T00:00:00.000Z logged-in username=carol',
  '"} {"event":"closed"}', 'carol suite=rsa',
];

/** Does everything to a server that leaves something of a peer's in its log. */
async function provoke(t: Test, at: Address, dir: string): Promise<void> {
  const keys = keysFolder(dir);
  const [leaf] = await certificatesIn(keys.server.chain);
  const identity = privateIdentity(await readPrivateKey(privateFolderOf(keys, 'alice').key, async () => PASSPHRASE));
  for (const name of [...forged, ...hostile]) {
    const socket = await connectTo(at);
    socket.resume();
    const suites = Buffer.from([1, x25519Suite.id]);
    socket.end(writeCell('M1', Buffer.concat([vec8(Buffer.from(name).subarray(0, 200)), suites, randomBytes(32)])));
    await once(socket, 'close');
  }
  await Promise.all([...forged, hostile.slice(0, 12).join(''), hostile.slice(40).join('')].map(async (name) => {
    const { publicKey, privateKey } = ed25519();
    const certificates = [good.user({ subject: cn(name), issuer: cn(name), spki: spkiOf(publicKey) })];
    const own = { identity: privateIdentity(privateKey), certificates };
    await t.rejects(RawClient.login(at, 'carol', leaf!.publicKey, own), { code: 3 });
  }));
  for (const name of [...forged, hostile[0]!, hostile[19]!, 'a\rb', 'a\u2028b']) {
    const bytes = Buffer.from(name);
    // The first 16 bytes of a record are a username: --log-wire shows them before they are looked at.
    const renamed = (record: Buffer) => {
      bytes.copy(record, 0, 0, 16);
      return record;
    };
    for (const send of [
      (alice: RawClient) => renamed(alice.seal({ command: 'list', payload: Buffer.from([0, 0]) })),
      (alice: RawClient) => alice.seal({ command: 'chat', payload: bytes }),
      (alice: RawClient) => alice.seal({ command: name.slice(0, 4), payload: bytes }),
    ]) {
      const alice = await RawClient.login(at, 'alice', leaf!.publicKey, { identity });
      alice.socket.write(send(alice));
      await alice.gone();
    }
  }
}

type Fields = Record<string, unknown>;

const EVENTS = new Set([
  'users', 'connected', 'refused', 'unfinished', 'logged-in', 'logged-out', 'malformed', 'record-in', 'record-out',
  'closing', 'closed',
]);

/** A record of the log as text: `time event name=value …`. Throws where it is none. */
function readText(line: string): Fields {
  const field = / ([a-z]+)=([\w.:/@+[\]-]+|"(?:[^"\\]|\\.)*")/gi;
  const [, event, fields] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ([a-z-]+)(.*)$/.exec(line) ?? [];
  if (event === undefined || fields!.replace(field, '') !== '') throw new Error(`not a record: ${line}`);
  const value = (text: string) => (text.startsWith('"') ? JSON.parse(text) as string : text);
  return { event, ...Object.fromEntries([...fields!.matchAll(field)].map(([, name, text]) => [name, value(text!)])) };
}

for (const format of ['json', 'text'] as const) {
  test(`F2: the log (${format}) is a line a record, whatever a peer is called`, async (t) => {
    const dir = t.testdir();
    await makeKeysFolder(dir, { users: ['alice'] });
    const logging = ['--log', format, '--log-wire'];
    const server = new Program('server', ['0', '--keys', dir, ...logging, '--pool', '1', '--connect-burst', '1000']);
    t.teardown(() => server.stop());
    await server.says(/listening[^\n]*\n/);
    const port = Number(/127\.0\.0\.1(?::|","port":)(\d+)/.exec(server.out)![1]);
    await provoke(t, { host: '127.0.0.1', port }, dir);
    server.child.kill('SIGTERM');
    t.equal(await server.ended(), 0);

    t.match(server.out, /\n$/);
    const records = server.out.split('\n').slice(0, -1);
    t.ok(records.length > 200, `${records.length} records`);
    t.same(records.filter((line) => !/^[\x20-\x7e]+$/.test(line)), [], 'nothing but printable ASCII');
    t.equal(server.error, '');
    const read = records.slice(1).map(format === 'json' ? (line) => JSON.parse(line) as Fields : readText);
    t.same(read.filter(({ event }) => !EVENTS.has(String(event))), [], 'every record is one that the server writes');
    const strangers = read.filter(({ event, username }) => event === 'logged-in' && username !== 'alice');
    t.same(strangers, [], 'nobody else has logged in');
    t.ok(read.some(({ detail }) => String(detail).includes('carol')), 'what was sent is in the log');
    const inRecords = read.filter(({ event }) => event === 'record-in').map(({ username }) => String(username));
    t.ok(inRecords.some((username) => username.includes('\n')), 'as it was sent');
  });
}
