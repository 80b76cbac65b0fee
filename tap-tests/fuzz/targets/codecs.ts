import { type Codec, decode, encode } from '../../../common/bytes/codec.js';
import {
  body1, body2, body2WithoutSignature, body3, body3WithoutSignature, certificates, refusal,
} from '../../../common/wire/bodies.js';
import { clientCommands, conversationId, serverCommands } from '../../../common/wire/commands.js';
import { bareUsername, username, usernamePart } from '../../../common/wire/username.js';
import { same, bytesOf, type Target } from '../target.js';

/** Every codec of the wire: what decodes encodes to the same bytes, and what does not is malformed. */
const INPUTS = 20_000;

const conversation = '0123456789abcdef';
const [nonce, signature] = [Buffer.alloc(32, 1), Buffer.alloc(64, 2)];
const [one, another] = bytesOf('one certificate', 'another') as [Buffer, Buffer];
const chain = Array.from({ length: 8 }, (_, at) => Buffer.alloc(1 + 40 * at, at));
const longest = Array.from({ length: 256 }, (_, at) => ({ name: `${1_000 + at}-of-16-letters`.slice(0, 16), inChat: at % 2 === 0 }));
const users = [{ name: 'Bob', inChat: true }, { name: 'alice', inChat: false }, { name: 'user3', inChat: true }];
const named = [{ username: 'bob' }, { username: 'A' }, { username: 'sixteen-letters-' }];
const datas = ['', 'p', '\0'.repeat(32)].map((data) => ({ data: Buffer.from(data) }));
const spki = { conversation, role: 1, peer: 'bob', certificates: [one], spki: nonce };

const payloads = {
  client: {
    chat: named, cach: named, acpt: named, refu: named, ping: datas, pong: datas, exit: [undefined],
    frwd: [{ conversation, body: Buffer.from('body') }, { conversation, body: Buffer.alloc(3_000) }],
    exch: [{ conversation }],
    list: [{ prefix: 'al', after: 'alice' }, { prefix: '', after: '' }, { prefix: 'sixteen-letters-', after: 'Z' }],
  },
  server: {
    reqt: named, call: named, refu: named, cach: named, ping: datas, pong: datas, exit: [undefined],
    welc: [{ json: '{"text":"grüße"}' }, { json: '' }, { json: '€'.repeat(340) }],
    pubk: [spki, { ...spki, role: 0, certificates: [] }, { ...spki, certificates: chain, spki: Buffer.alloc(600, 3) }],
    frwd: [{ conversation, body: Buffer.from('body') }],
    exch: [0, 1, 2, 3].map((reason) => ({ conversation, reason })),
    list: [{ more: 1, users }, { more: 0, users: [] }, { more: 0, users: longest }],
    erro: [{ code: 1, about: Buffer.from('chatbob'), text: 'text' }, { code: 14, about: Buffer.alloc(0), text: '€'.repeat(170) }],
  },
} satisfies { client: Record<keyof typeof clientCommands, unknown[]>; server: Record<keyof typeof serverCommands, unknown[]> };

/** The codecs that have a target. */
export const tried = new Set<Codec<any>>();

function codec(name: string, wire: Codec<any>, values: readonly unknown[], covers: readonly string[] = []): Target {
  tried.add(wire);
  return {
    name, covers, inputs: INPUTS, errors: ['malformed'], tokens,
    seeds: values.map((value) => encode(wire, value)),
    run: (input) => same(name, input, encode(wire, decode(wire, input))),
  };
}

const tokens = bytesOf(
  '[IN CHAT]', '\n', 'alice', 'bob', 'CON', '__proto__', 'constructor', '\0', '\x1b[2J', '../', 'é', '\u202e',
).concat(Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf4, 0x90, 0x80, 0x80]), Buffer.from([0xc0, 0x80]));

const bodies = 'common/wire/bodies.ts';
const names = 'common/wire/username.ts';
const table = (side: 'client' | 'server', commands: Readonly<Record<string, Codec<any>>>): Target[] =>
  Object.entries(commands).map(([command, wire]) =>
    codec(`${side} ${command}`, wire, (payloads[side] as Record<string, unknown[]>)[command]!));

const one1 = { username: 'alice', suites: [1, 2], nonce };
const one2 = { certificates: [one, another], suite: 2, nonce, ephemeralKey: nonce, signature };
const one3 = { certificates: [one, another], share: nonce, signature };

export const codecTargets: readonly Target[] = [
  codec('M1', body1, [one1, { ...one1, username: '', suites: [0, 255, ...Array.from({ length: 14 }, (_, at) => at + 1)] }]),
  codec('M2', body2, [one2, { ...one2, certificates: chain }, { ...one2, certificates: [], ephemeralKey: Buffer.alloc(270) }]),
  codec('M3', body3, [one3, { ...one3, certificates: [], share: Buffer.alloc(0) }, { ...one3, signature: Buffer.alloc(512) }]),
  codec('M2 without signature', body2WithoutSignature, [one2]),
  codec('M3 without signature', body3WithoutSignature, [one3]),
  codec('certificates', certificates, [[one], [], chain, [Buffer.alloc(3_500)]]),
  codec('refusal', refusal, [{ code: 5 }, { code: 0xffff }]),
  codec('username', username('name'), ['alice', 'A', 'sixteen-letters-'], [`${names} username`]),
  codec('username part', usernamePart('part'), ['al', '', 'sixteen-letters-'], [`${names} usernamePart`]),
  codec('bare username', bareUsername('name'), ['alice', 'A', 'sixteen-letters-'], [`${names} bareUsername`]),
  codec('conversation', conversationId('id'), [conversation, 'f'.repeat(16)], ['common/wire/commands.ts conversationId']),
  ...table('client', clientCommands),
  ...table('server', serverCommands),
];

export const codecModules = [bodies, 'common/wire/commands.ts'] as const;
