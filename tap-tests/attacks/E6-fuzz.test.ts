import { test } from 'tap';
import { readCommand } from '../../client/ui/json-lines/read-command.js';
import { readWelcome } from '../../client/engine/welcome.js';
import { readAbout } from '../../client/engine/command-errors.js';
import { type Codec, decode, encode } from '../../common/bytes/codec.js';
import { publicIdentity } from '../../common/crypto/identity.js';
import { RecordSealer } from '../../common/crypto/record-key.js';
import { Secret } from '../../common/crypto/secret.js';
import { MessageAppError } from '../../common/errors.js';
import { Inbox } from '../../common/transport/inbox.js';
import { body1, body2, body3, refusal } from '../../common/wire/bodies.js';
import { type CellType, cellTypes, readCell, writeCell } from '../../common/wire/cell.js';
import { clientCommands, serverCommands } from '../../common/wire/commands.js';
import { packContent, unpackContent } from '../../common/wire/end-to-end.js';
import { packMessages, unpackMessages } from '../../common/wire/record.js';
import { edIdentity, rsaIdentity } from '../support/exchange-pair.js';
import { mutate, seeded, seedOfRun } from '../support/mutations.js';

const conversation = '0123456789abcdef';
const [nonce, signature] = [Buffer.alloc(32, 1), Buffer.alloc(64, 2)];
const certificates = [Buffer.from('one certificate'), Buffer.from('another')];
const users = [{ name: 'Bob', inChat: true }, { name: 'alice', inChat: false }, { name: 'user3', inChat: true }];

const bodies: [string, Codec<any>, unknown][] = [
  ['M1', body1, { username: 'alice', suites: [1, 2], nonce }],
  ['M2', body2, { certificates, suite: 2, nonce, ephemeralKey: nonce, signature }],
  ['M3', body3, { certificates, share: nonce, signature }],
  ['refusal', refusal, { code: 5 }],
];
const payloads: Record<string, unknown> = {
  chat: { username: 'bob' }, cach: { username: 'bob' }, acpt: { username: 'bob' }, refu: { username: 'bob' }, reqt: { username: 'bob' }, call: { username: 'bob' },
  frwd: { conversation, body: Buffer.from('body') }, ping: { data: Buffer.from('p') }, pong: { data: Buffer.from('p') }, exit: undefined, welc: { json: '{"text":"grüße"}' },
  pubk: { conversation, role: 1, peer: 'bob', certificates, spki: nonce }, erro: { code: 1, about: Buffer.from('chatbob'), text: 'text' },
};
const client = Object.entries<Codec<any>>(clientCommands).map(([name, codec]): [string, Codec<any>, unknown] =>
  [`client ${name}`, codec, name === 'exch' ? { conversation } : name === 'list' ? { prefix: 'al', after: 'alice' } : payloads[name]]);
const server = Object.entries<Codec<any>>(serverCommands).map(([name, codec]): [string, Codec<any>, unknown] =>
  [`server ${name}`, codec, name === 'exch' ? { conversation, reason: 2 } : name === 'list' ? { more: 1, users } : payloads[name]]);

/** What is read is written back as the same bytes: two forms of one value would be two hashes of one transcript. */
type Target = readonly [name: string, seed: Buffer, again: (bytes: Buffer) => Buffer | undefined];
const types = Object.keys(cellTypes) as CellType[];
const record = packMessages([{ command: 'chat', payload: Buffer.from('bob') }, { command: 'ping', payload: Buffer.alloc(0) }]);

const targets: Target[] = [
  ...[...bodies, ...client, ...server].map(([name, codec, value]): Target => [name, encode(codec, value), (bytes) => encode(codec, decode(codec, bytes))]),
  ['identity, Ed25519', edIdentity().public.spki, (bytes) => publicIdentity(bytes).spki],
  ['identity, RSA', rsaIdentity().public.spki, (bytes) => publicIdentity(bytes).spki],
];
/** Of a fixed length on the wire: the front is mutated, the rest stays. */
const framed: Target[] = [
  ['cell', writeCell('M1', encode(body1, bodies[0]![2] as never)), (bytes) => {
    const { type, body } = readCell(bytes, types);
    return writeCell(type, body);
  }],
  ['messages', record, (bytes) => packMessages(unpackMessages(bytes, clientCommands))],
  ['content', packContent({ type: 1, content: Buffer.from('text') }), (bytes) => packContent(unpackContent(bytes))],
];

function attack([name, , again]: Target, bytes: Buffer): 'read' | 'refused' {
  try {
    const same = again(bytes);
    if (!same?.equals(bytes)) throw new Error(`${name}: ${bytes.toString('hex', 0, 200)} comes back as ${same?.toString('hex', 0, 200)}`);
    return 'read';
  } catch (error) {
    if (error instanceof MessageAppError) return 'refused';
    throw new Error(`${name}: ${bytes.toString('hex', 0, 200)}: ${error}`, { cause: error });
  }
}

const seed = seedOfRun();

test(`E6: 100,000 mutated bodies and payloads (FUZZ_SEED=${seed})`, async (t) => {
  const random = seeded(seed);
  const counts = { read: 0, refused: 0 };
  for (let n = 0; n < 90_000; n++) {
    const target = targets[n % targets.length]!;
    counts[attack(target, mutate(target[1], random))]++;
  }
  for (let n = 0; n < 10_000; n++) {
    const target = framed[n % framed.length]!;
    const front = mutate(target[1].subarray(0, 60), random).subarray(0, 70);
    counts[attack(target, Buffer.concat([front, Buffer.alloc(target[1].length)]).subarray(0, target[1].length))]++;
  }
  t.comment(JSON.stringify(counts));
  t.ok(counts.read > 1_000 && counts.refused > 20_000, 'both were met often');
  for (const target of [...targets, ...framed]) t.equal(attack(target, target[1]), 'read', target[0]);
});

test(`E6: rubbish (FUZZ_SEED=${seed})`, async (t) => {
  const random = seeded(seed + 1);
  for (let n = 0; n < 20_000; n++) {
    const bytes = Buffer.from(Array.from({ length: random(80) }, () => random(256)));
    attack(targets[n % targets.length]!, bytes);
    readAbout(bytes);
  }
  t.pass('nothing but errors of the project');
});

test(`E6: mutated bytes of a connection, cut anywhere (FUZZ_SEED=${seed})`, async (t) => {
  const random = seeded(seed + 2);
  const key = () => new Secret(Buffer.alloc(32, 3));
  const sealer = new RecordSealer('alice', key());
  const stream = Buffer.concat(Array.from({ length: 3 }, () => Buffer.concat(sealer.seal(record))));
  const codes = new Set<string>();
  for (let n = 0; n < 2_000; n++) {
    const inbox = new Inbox('alice', key(), clientCommands);
    const bytes = mutate(stream, random);
    try {
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + random(5_000);
        inbox.push(bytes.subarray(at, end));
        while (inbox.next());
        at = end;
      }
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
      codes.add(error.code);
    }
  }
  t.same([...codes], ['bad-record'], 'nothing unsealed is ever taken for a message');
});

test(`E6: JSON of a server, and of a program (FUZZ_SEED=${seed})`, async (t) => {
  const random = seeded(seed + 3);
  const lines = [
    '{"text":"x","rate":{"messages":10,"seconds":5},"__proto__":{"messages":1}}', '{"do":"say","with":"bob","text":"hello","id":"1"}',
    '{"__proto__":{"do":"exit"},"constructor":{"prototype":{"do":"exit"}},"do":"list"}', '{"do":"__proto__","with":"constructor"}',
  ].map((line) => Buffer.from(line));
  for (let n = 0; n < 20_000; n++) {
    const line = mutate(lines[n % lines.length]!, random).toString('utf8');
    const { messages, windowMs } = readWelcome(line);
    if (!(messages >= 1 && windowMs > 0)) t.fail(line);
    try {
      if (typeof readCommand(line).do !== 'string') t.fail(line);
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
    }
  }
  t.same([Object.keys(Object.prototype), ({} as { do?: string }).do], [[], undefined], 'nothing was set on every object');
});
