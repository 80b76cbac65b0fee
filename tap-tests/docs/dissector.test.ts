import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as dialOn, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import { decode } from '../../common/bytes/codec.js';
import { privateFolderOf } from '../../common/files/keys-folder.js';
import { body1, body2, body3 } from '../../common/wire/bodies.js';
import { type CellType, readCell, writeCell } from '../../common/wire/cell.js';
import { CELL } from '../../common/wire/limits.js';
import { certificatesIn } from '../support/authority.js';
import { type Connection, type Packet, packetsOf, pcap, type Sent } from '../support/capture.js';
import { type Random, seeded } from '../support/mutations.js';
import { ROOT } from '../support/root.js';
import { connect, Scene } from '../support/scene.js';
import { hex, vector } from '../support/vector.js';

const SCRIPT = join(ROOT, 'docs/messageapp.lua');
const version = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const skip = /with Lua/i.test(version) ? false : 'there is no tshark with Lua here, so the dissector was not tried';

/** What tshark prints of a capture, without the preferences and plugins of whoever runs the tests. */
function tshark(t: Test, capture: Buffer, ...args: readonly string[]): string {
  const home = mkdtempSync(join(tmpdir(), 'messageapp-tshark-'));
  try {
    const file = join(home, 'x.pcap');
    writeFileSync(file, capture);
    const checksums = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const run = spawnSync('tshark', ['-n', '-X', `lua_script:${SCRIPT}`, ...checksums, '-r', file, ...args],
      { encoding: 'utf8', maxBuffer: 2 ** 30, env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home } });
    t.equal(run.status, 0, run.stderr);
    t.notOk(/Lua:? error/i.exec(run.stdout + run.stderr)?.[0], 'no error of the script');
    return run.stdout;
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** The values of some fields in each frame that a filter lets through; a field may have several in one frame. */
function rows(t: Test, capture: Buffer, filter: string, ...names: readonly string[]): string[][][] {
  const asked = names.flatMap((name) => ['-e', name.includes('.') ? name : `messageapp.${name}`]);
  const printed = tshark(t, capture, '-Y', filter, '-T', 'fields', '-E', 'aggregator=|', ...asked);
  return printed.split('\n').filter(Boolean)
    .map((line) => line.split('\t').map((values) => values === '' ? [] : values.split('|')));
}

/** All values of some fields, in order; a name without a dot is a field of the dissector. */
function fields<F extends string>(
  t: Test, capture: Buffer, filter: string, ...names: readonly F[]
): Record<F, string[]> {
  const all = rows(t, capture, filter, ...names);
  return Object.fromEntries(names.map((name, at) => [name, all.flatMap((row) => row[at]!)])) as Record<F, string[]>;
}

/** What the Info column says of each cell and record. */
const infos = (t: Test, capture: Buffer, ...args: readonly string[]): string[] =>
  tshark(t, capture, '-Y', 'messageapp', '-T', 'fields', '-e', '_ws.col.Info', ...args)
    .split('\n').filter(Boolean).flatMap((line) => line.split('; '));

const captureOf = (sent: readonly Sent[], others: Partial<Connection> = {}): Buffer =>
  pcap(packetsOf({ sent, ...others }));

const digits = (...values: readonly Buffer[]): string[] => values.map((value) => value.toString('hex'));

/** alice's connection in a chat with bob, as it passed; and the certificates, the server's own and hers. */
async function recordChat(t: Test): Promise<{ sent: Sent[]; certificates: Buffer[] }> {
  const scene = await Scene.open(t.testdir(), { enrol: 'certificate' });
  const sent: Sent[] = [];
  const between = createServer((client) => {
    const server = dialOn(scene.server.port, '127.0.0.1');
    for (const [from, one, other] of [['client', client, server], ['server', server, client]] as const) {
      one.on('data', (bytes: Buffer) => sent.push({ from, bytes, at: Date.now() })).on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((listening) => between.listen(0, '127.0.0.1', listening));
  t.teardown(() => Promise.all([scene.close(), new Promise((closed) => between.close(closed))]));
  const { port } = between.address() as AddressInfo;
  const alice = await scene.logIn('alice', { dial: () => dial('127.0.0.1', port) });
  const bob = await scene.logIn('bob');
  await connect(alice, bob);
  alice.do({ do: 'say', with: 'bob', text: 'x'.repeat(10_000) });
  await bob.next('message');
  bob.do({ do: 'say', with: 'alice', text: 'y'.repeat(30_000) });
  await alice.next('message');
  alice.do({ do: 'exit' });
  await alice.next('closed');
  const files = [scene.keys.server.chain, privateFolderOf(scene.keys, 'alice').certificate];
  return { sent, certificates: (await Promise.all(files.map(certificatesIn))).map(([first]) => first!.der) };
}

/** The headers of part 3, cut out by hand. */
function recordsOf(bytes: Buffer): Record<'counter' | 'cells' | 'tag' | 'ciphertext', string>[] {
  if (bytes.length === 0) return [];
  const k = bytes.readUInt8(32);
  return [{
    counter: String(bytes.readBigUInt64LE(16)),
    cells: String(k),
    tag: bytes.toString('hex', 33, 49),
    ciphertext: bytes.toString('hex', 49, CELL * k),
  }, ...recordsOf(bytes.subarray(CELL * k))];
}

test('a login and a chat', { skip }, async (t) => {
  const { sent, certificates } = await recordChat(t);
  const capture = captureOf(sent);
  const usual = infos(t, capture);
  const [client, server] = (['client', 'server'] as const).map((who) =>
    Buffer.concat(sent.filter(({ from }) => from === who).map(({ bytes }) => bytes))) as [Buffer, Buffer];

  t.test('the capture is a sound one', async (t) => {
    const seen = fields(t, capture, 'tcp', 'tcp.checksum.status', 'ip.checksum.status', 'tcp.analysis.flags');
    t.ok(seen['tcp.checksum.status'].length > 40);
    t.same(new Set([...seen['tcp.checksum.status'], ...seen['ip.checksum.status']]), new Set(['1']), 'all are good');
    t.same(seen['tcp.analysis.flags'], [], 'nothing lost, doubled or out of order');
  });

  t.test('M1, M2 and M3 are shown as they decode', async (t) => {
    const m1 = decode(body1, readCell(client.subarray(0, CELL), ['M1']).body);
    const m2 = decode(body2, readCell(server.subarray(0, CELL), ['M2']).body);
    const m3 = decode(body3, readCell(client.subarray(CELL, 2 * CELL), ['M3']).body);
    t.same(m2.certificates.concat(m3.certificates), certificates);
    t.same(fields(t, capture, 'messageapp.type', 'magic', 'version', 'type', 'username', 'offered', 'r1', 'suite',
      'r2', 'certificates', 'certificate', 'ephemeral_key', 'key_share', 'signature', 'x509ce.dNSName'), {
      magic: ['MSGA', 'MSGA', 'MSGA'], version: ['2', '2', '2'], type: ['1', '2', '3'],
      username: [m1.username], offered: m1.suites.map(String), r1: digits(m1.nonce),
      suite: [String(m2.suite)], r2: digits(m2.nonce), certificates: ['1', '1'], certificate: digits(...certificates),
      ephemeral_key: digits(m2.ephemeralKey), key_share: digits(m3.share),
      signature: digits(m2.signature, m3.signature), 'x509ce.dNSName': ['localhost'],
    });
    t.same(usual.slice(0, 3), ['M1 alice, suites x25519', 'M2 suite x25519, 1 certificate', 'M3, 1 certificate']);
  });

  t.test('every record of both directions, and every cell by its number', async (t) => {
    for (const [from, bytes, before] of [['client', client, 2], ['server', server, 1]] as const) {
      const records = recordsOf(bytes.subarray(CELL * before));
      t.ok(records.length > 4 && records.some(({ cells }) => Number(cells) > 2), 'large ones are among them');
      const shown = fields(t, capture, `messageapp.counter && messageapp.from == "${from}"`,
        'counter', 'cells', 'tag', 'ciphertext', 'cell', 'username', 'message');
      for (const name of ['counter', 'cells', 'tag', 'ciphertext'] as const) {
        t.same(shown[name], records.map((each) => each[name]), name);
      }
      t.same(shown.cell, Array.from({ length: bytes.length / CELL - before }, (_, at) => String(at + before + 1)));
      t.same(shown.username, records.map(() => 'alice'));
      t.same(shown.message, records.map((_, at) => from === 'server' && at === 0 ? 'M4' : 'record'));
    }
    t.equal(usual[3], 'M4, record 0, 1 cell, to alice');
    for (const text of [/^record \d+, 3 cells, from alice$/, /^record \d+, 8 cells, to alice$/]) {
      t.ok(usual.some((info) => text.test(info)), String(text));
    }
  });

  t.test('the same however it is cut, on any port, and read twice', async (t) => {
    t.same(infos(t, captureOf(sent, { mss: 150 })), usual);
    t.same(infos(t, captureOf(sent, { mss: 60_000 })), usual);
    const twice = ['-Y', 'messageapp', '-T', 'fields', '-e', 'messageapp.cell', '-e', '_ws.expert.message'];
    t.equal(tshark(t, capture, '-2', ...twice), tshark(t, capture, ...twice));
    t.same(infos(t, captureOf(sent, { serverPort: 9000, clientPort: 8999 })), usual, 'by the magic');
    const other = captureOf(sent.slice(4), { serverPort: 9000 });
    t.same(infos(t, other), [], 'a record has no magic');
    t.same(infos(t, other, '-o', 'messageapp.port:9000'), usual.slice(4), 'by the preference');
    t.same(infos(t, other, '-d', 'tcp.port==9000,messageapp'), usual.slice(4), 'by Decode As');
  });

  t.test('a capture that begins within a record, and one with a hole', async (t) => {
    const packets = packetsOf({ sent });
    const full = packets.filter(({ bytes }) => bytes.length > 40);
    const segmentsOf = (index: number) => full.slice(index * 3, index * 3 + 3);
    const late = packets.slice(packets.indexOf(segmentsOf(4)[1]!));
    t.same(infos(t, pcap(late)), usual.slice(5));
    const inOneGo = packetsOf({ sent: [{ from: 'client', bytes: client }] });
    const [piece, ...others] = infos(t, pcap(inOneGo.slice(3 + 7)));
    t.match(piece, /^piece of a cell, \d+ bytes$/);
    const own = usual.filter((info) => / from alice$/.test(info));
    t.same(others, own.slice(1), 'records begin within a packet');
    // Eight bytes of record 1 are in one packet, the rest of its header is in the next.
    const known = { from: 'server', bytes: server.subarray(0, CELL) } as const;
    const cutThere = packetsOf({ sent: [known, { from: 'client', bytes: client }], mss: 1537 });
    cutThere.splice(3 + 3, 7);
    t.same(infos(t, pcap(cutThere)).filter((info) => /^record/.test(info)), own.slice(1));
    const lost = segmentsOf(5)[1];
    const rest = pcap(packets.filter((packet) => packet !== lost));
    const holed = rows(t, rest, 'messageapp.from == "server"', 'counter', '_ws.expert.message');
    t.same(holed.slice(1, 4), [[['0'], []], [['2'], ['1 was due']], [['3'], []]]);
  });

  t.test('200 captures that were spoilt: never an error of the script', async (t) => {
    const random = seeded(8081);
    let warnings = 0;
    for (const snapLength of [undefined, undefined, 75, 120]) {
      const spoilt = Array.from({ length: 50 }, (_, at) => spoil(sent.slice(0, 12), 20_000 + at, random));
      const printed = tshark(t, pcap(spoilt.flat(), snapLength), '-V');
      t.ok(printed.match(/^MessageApp: /gm)!.length > 500, 'most of it was read');
      warnings += printed.match(/Expert Info \(Warning\/Malformed\)/g)?.length ?? 0;
    }
    t.ok(warnings > 100, `${warnings} warnings`);
  });
});

const pick = <T>(from: readonly T[], random: Random): T => from[random(from.length)]!;

/** One to four faults in what was sent, and sometimes a packet that is not in the capture. */
function spoil(sent: readonly Sent[], clientPort: number, random: Random): Packet[] {
  const list = [...sent];
  for (let left = 1 + random(4); left > 0; left--) {
    // Mostly where something is to be read: the rest is ciphertext and zeros.
    const at = random(pick([Math.min(3, list.length), list.length], random));
    const { from, bytes } = list[at]!;
    if (bytes.length === 0) continue;
    const where = random(Math.min(bytes.length, pick([50, 50, 700, CELL], random)));
    const behind = Math.min(where + 1 + random(40), bytes.length);
    const changed = Buffer.from(bytes);
    switch (random(6)) {
      case 0: changed.writeUInt8(pick([0, 1, 3, 15, 16, 17, 0x1b, 0x7f, 0x80, 0xff], random), where); break;
      case 1: changed.writeUInt8(random(256), where); break;
      case 2: changed.fill(random(256), where, behind); break;
      case 3: list[at] = { from, bytes: Buffer.concat([bytes.subarray(0, where), bytes.subarray(behind)]) }; continue;
      case 4: list.splice(at, 0, { from, bytes: bytes.subarray(where) }); continue;
      default: list.splice(at, 1); continue;
    }
    list[at] = { from, bytes: changed };
  }
  const [serverPort, mss] = [pick([8081, 9000], random), pick([536, 1460, 20_000], random)];
  const packets = packetsOf({ sent: list, clientPort, serverPort, mss });
  if (random(3) === 0) packets.splice(3 + random(packets.length - 3), 1);
  return packets;
}

test('the login of docs/worked-example.md', { skip }, async (t) => {
  const page = readFileSync(join(ROOT, 'docs/worked-example.md'), 'utf8');
  const parts = page.slice(page.indexOf('## 2.'), page.indexOf('## 3.')).split(/^(?=M[1-4][.,]|alice's)/m);
  const [m1, m2, m3, m4] = parts.slice(1).map(valuesOf);
  const cell = (...values: readonly Buffer[]) => Buffer.concat(values, CELL);
  const capture = captureOf([
    { from: 'client', bytes: cell(m1!.header!, m1!.body!) },
    { from: 'server', bytes: cell(m2!.header!, m2!.body!) },
    { from: 'client', bytes: cell(m3!.header!, m3!.body!) },
    { from: 'server', bytes: cell(m4!.username!, m4!.counter!, m4!.k!, m4!.tag!, m4!.ciphertext!) },
  ]);
  const fixed = valuesOf(page.slice(page.indexOf('## 1.'), page.indexOf('## 2.')));
  t.same(fields(t, capture, 'messageapp', 'username', 'r1', 'r2', 'offered', 'suite', 'certificate', 'key_share',
    'signature', 'tag', 'counter', '_ws.expert.message'), {
    username: ['alice', 'alice'], r1: digits(fixed.R1!), r2: digits(fixed.R2!), offered: ['2', '1'], suite: ['2'],
    certificate: digits(fixed['relay.example']!), key_share: digits(m3!.body!.subarray(3, 35)),
    signature: digits(m2!.body!.subarray(-64), m3!.body!.subarray(-64)), tag: digits(m4!.tag!), counter: ['0'],
    '_ws.expert.message': [],
  });
  const handshake = ['M1 alice, suites x25519 rsa', 'M2 suite x25519, 1 certificate', 'M3, no certificate'];
  t.same(infos(t, capture), [...handshake, 'M4, record 0, 1 cell, to alice']);
});

/** Names and hexadecimal values in the blocks of a page; a value goes on in the lines below. */
function valuesOf(part: string): Record<string, Buffer> {
  const found = part.matchAll(/^(\S+(?: \S+)*)  +([0-9a-f]+)\n((?: +[0-9a-f]+\n)*)/gm);
  return Object.fromEntries([...found].map(([, name, first, more]) => [name!, hex(first! + more!.replace(/\s/g, ''))]));
}

test('a login with suite rsa', { skip }, async (t) => {
  interface Exchange { username: string; body1: string; body2: string; body3: string }
  const [rsa] = vector<Exchange[]>('exchange');
  const [two, three] = [decode(body2, hex(rsa!.body2)), decode(body3, hex(rsa!.body3))];
  const capture = captureOf([
    { from: 'client', bytes: writeCell('M1', hex(rsa!.body1)) },
    { from: 'server', bytes: writeCell('M2', hex(rsa!.body2)) },
    { from: 'client', bytes: writeCell('M3', hex(rsa!.body3)) },
  ]);
  t.same(fields(t, capture, 'messageapp', 'ephemeral_key', 'key_share', 'signature', 'suite'), {
    ephemeral_key: digits(two.ephemeralKey), key_share: digits(three.share),
    signature: digits(two.signature, three.signature), suite: ['1'],
  });
});

/** A record as the dissector sees it: nothing can be read behind its header. */
function sealed(username: string, counter: bigint, k: number, cells = k): Buffer {
  const bytes = Buffer.alloc(CELL * cells, 0xa5).fill(0, 0, 33);
  bytes.write(username, 0, 'latin1');
  bytes.writeBigUInt64LE(counter % 2n ** 64n, 16);
  bytes.writeBigUInt64LE(counter / 2n ** 64n, 24);
  bytes.writeUInt8(k, 32);
  return bytes;
}

const vec8 = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
const login = (username = 'alice', suites = '\x02'): Buffer =>
  writeCell('M1', Buffer.concat([vec8(username), vec8(suites), Buffer.alloc(32, 7)]));
/** A login whose bytes from `at` on are others. */
const forged = (at: number, ...bytes: readonly number[]): Buffer =>
  login().fill(Buffer.from(bytes), at, at + bytes.length);
const cellOf = (type: CellType, body: string): Buffer => writeCell(type, hex(body));

interface Lie {
  readonly [what: string]: readonly [from: Sent['from'], cells: readonly Buffer[], warnings: readonly string[]];
}

const lies: Lie = {
  'k is 17': ['client', [login(), sealed('alice', 0n, 17, 1)], ['1 to 16 are allowed']],
  'k is 0': ['client', [login(), sealed('alice', 0n, 0, 1)], ['1 to 16 are allowed']],
  'a record of another user': ['client', [login(), sealed('bob', 0n, 1)], ['not the name of this connection']],
  'a counter that jumps': ['client', [sealed('alice', 7n, 1), sealed('alice', 9n, 1)], ['8 was due']],
  'a counter from 2^64 on': ['client', [login(), sealed('alice', 2n ** 64n, 1)], ['2^64 or more']],
  'version 3': ['client', [forged(4, 3)], ['not version 2']],
  'type 9': ['client', [forged(5, 9)], ['not M1, M2, M3, R3 or a refusal']],
  'a body longer than a cell':
    ['client', [forged(6, 0x0f, 0xf9)], ['longer than a cell', '4048 bytes behind the last field']],
  'a name longer than the body':
    ['client', [forged(8, 200)], ['200 bytes; 0 to 16 are allowed', '200 bytes announced, 39 there']],
  'a name that is none': ['client', [login('\x1b]0;a\x07')], ['no username: 1 to 16 of A-Z a-z 0-9 -']],
  'a suite twice': ['client', [login('alice', '\x02\x02')], ['offered twice']],
  'zeros that are none': ['client', [forged(4000, 1)], ['not all of them are zero']],
  'a body without bytes': ['client', [cellOf('M1', '')], ['1 bytes announced, 0 there']],
  'bytes behind a refusal':
    ['server', [cellOf('refusal', '000300')], ['not-authenticated', '1 bytes behind the last field']],
  'a code that there is not': ['server', [cellOf('refusal', '0063')], ['a code that is not known']],
  'nine certificates':
    ['server', [cellOf('M2', '09')], ['9 certificates; 0 to 8 are allowed', '2 bytes announced, 0 there']],
  'a certificate that ends late': ['server', [cellOf('M2', '010005aabb')], ['5 bytes announced, 2 there']],
  'a signature that is too long':
    ['client', [cellOf('M3', '0000000201')], ['513 bytes; 1 to 512 are allowed', '513 bytes announced, 0 there']],
};

test('a lie is shown as a warning', { skip }, async (t) => {
  const connections = Object.values(lies).map(([from, cells], at) =>
    packetsOf({ sent: cells.map((bytes) => ({ from, bytes })), clientPort: 20_000 + at }));
  const capture = pcap(connections.flat());
  const shown = rows(t, capture, 'messageapp', 'tcp.stream', '_ws.expert.message');
  Object.entries(lies).forEach(([what, [, , warnings]], at) =>
    t.same(shown.filter(([stream]) => stream![0] === String(at)).flatMap(([, said]) => said!), warnings, what));
  t.notMatch(tshark(t, capture) + tshark(t, capture, '-V'), '\x1b', 'no escape sequence reaches a terminal');
});

test('a user whose name is the magic', { skip }, async (t) => {
  const capture = captureOf([login('MSGA'), sealed('MSGA', 0n, 2)].map((bytes) => ({ from: 'client', bytes })));
  t.same(infos(t, capture), ['M1 MSGA, suites x25519', 'record 0, 2 cells, from MSGA']);
});
