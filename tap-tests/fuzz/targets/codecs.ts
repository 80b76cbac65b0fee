import { type Codec, decode, encode } from '../../../common/bytes/codec.js';
import {
  passAnswer, passQuestion, registered, registrationQuestion, registrationRequest,
} from '../../../common/wire/account-commands.js';
import {
  body1, body2, body2WithoutSignature, body3, body3WithoutSignature, bodyR3, bodyR3WithoutSignature, certificates,
  refusal,
} from '../../../common/wire/bodies.js';
import { clientCommands, conversationId, serverCommands } from '../../../common/wire/commands.js';
import { CELL } from '../../../common/wire/limits.js';
import { roomId } from '../../../common/wire/room-commands.js';
import { bareUsername, username, usernamePart } from '../../../common/wire/username.js';
import { bytesOf, same, type Target } from '../target.js';
import { clientRoomValues, roomCodecs, serverRoomValues } from './room-values.js';

/** Every codec of the wire: what decodes encodes to the same bytes, and what does not is malformed. */
const INPUTS = 12_000;

const conversation = '0123456789abcdef';
const [nonce, signature] = [Buffer.alloc(32, 1), Buffer.alloc(64, 2)];
const [one, another] = bytesOf('one certificate', 'another') as [Buffer, Buffer];
const chain = Array.from({ length: 8 }, (_, at) => Buffer.alloc(1 + 40 * at, at));
const users = [{ name: 'Bob', inChat: true }, { name: 'alice', inChat: false }, { name: 'user3', inChat: true }];
const longest = Array.from({ length: 256 }, (_, at) => ({ name: `${1_000 + at}-sixteen-let`, inChat: at % 2 === 0 }));
const named = [{ username: 'bob' }, { username: 'A' }, { username: 'sixteen-letters-' }];
const datas = ['', 'p', '\0'.repeat(32)].map((data) => ({ data: Buffer.from(data) }));
const introduction = { conversation, role: 1, peer: 'bob', certificates: [one], spki: nonce };

type Values<T> = { readonly [C in keyof T]: readonly unknown[] };

const client: Values<typeof clientCommands> = {
  chat: named, cach: named, acpt: named, refu: named, ping: datas, pong: datas, exit: [undefined],
  frwd: [{ conversation, body: Buffer.from('body') }, { conversation, body: Buffer.alloc(3_000) }],
  exch: [{ conversation }],
  list: [{ prefix: 'al', after: 'alice' }, { prefix: '', after: '' }, { prefix: 'sixteen-letters-', after: 'Z' }],
  ...clientRoomValues,
};

const server: Values<typeof serverCommands> = {
  reqt: named, call: named, refu: named, cach: named, ping: datas, pong: datas, exit: [undefined],
  welc: [{ json: '{"text":"grüße"}' }, { json: '' }, { json: '€'.repeat(340) }],
  pubk: [
    introduction, { ...introduction, role: 0, certificates: [] },
    { ...introduction, certificates: chain, spki: Buffer.alloc(600, 3) },
  ],
  frwd: [{ conversation, body: Buffer.from('body') }],
  exch: [0, 1, 2, 3].map((reason) => ({ conversation, reason })),
  list: [{ more: 1, users }, { more: 0, users: [] }, { more: 0, users: longest }],
  erro: [
    { code: 1, about: Buffer.from('chatbob'), text: 'text' },
    { code: 14, about: Buffer.alloc(0), text: '€'.repeat(170) },
  ],
  ...serverRoomValues,
};

const tokens = [
  ...bytesOf('[IN CHAT]', '\n', 'alice', 'bob', '__proto__', 'constructor', '\0', '\x1b[2J', '../', 'é', '\u202e'),
  // UTF-8 of half a pair, of what is beyond Unicode, and of a zero in two bytes.
  Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf4, 0x90, 0x80, 0x80]), Buffer.from([0xc0, 0x80]),
];

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

const table = (side: string, commands: Readonly<Record<string, Codec<any>>>, values: Values<Record<string, any>>) =>
  Object.entries(commands).map(([command, wire]) => codec(`${side} ${command}`, wire, values[command]!));

const names = 'common/wire/username.ts';
const one1 = { username: 'alice', suites: [1, 2], nonce };
const one2 = { certificates: [one, another], suite: 2, nonce, ephemeralKey: nonce, signature };
const one3 = { certificates: [one, another], share: nonce, signature };
const oneR3 = { spki: Buffer.alloc(44, 3), share: nonce, signature };
const registration = {
  username: 'alice', invitation: '01234-56789-abcde-fghjk', email: 'alice@example.org', password: Buffer.from('secret'),
};
const sixteen = [0, 255, ...Array.from({ length: 14 }, (_, at) => at + 1)];

export const codecTargets: readonly Target[] = [
  codec('M1', body1, [one1, { ...one1, username: '', suites: sixteen }]),
  codec('M2', body2, [
    one2, { ...one2, certificates: chain }, { ...one2, certificates: [], ephemeralKey: Buffer.alloc(270) },
  ]),
  codec('M3', body3, [
    one3, { ...one3, certificates: [], share: Buffer.alloc(0) }, { ...one3, signature: Buffer.alloc(512) },
  ]),
  codec('M2 without signature', body2WithoutSignature, [one2]),
  codec('M3 without signature', body3WithoutSignature, [one3]),
  codec('certificates', certificates, [[one], [], chain, [Buffer.alloc(3_500)]]),
  codec('R3', bodyR3, [oneR3, { ...oneR3, share: Buffer.alloc(0), spki: Buffer.alloc(600) }]),
  codec('R3 without signature', bodyR3WithoutSignature, [oneR3]),
  codec('pass of a client', passAnswer, [{ password: Buffer.from('secret') }, { password: Buffer.alloc(200, 65) }]),
  codec('pass of a server', passQuestion, [{ nothing: Buffer.alloc(0) }]),
  codec('regi of a client', registrationRequest, [registration, { ...registration, invitation: '', email: '' }]),
  codec('regi of a server', registrationQuestion, [{ invited: 0 }, { invited: 1 }]),
  codec('regd', registered, [{ nothing: Buffer.alloc(0) }]),
  codec('refusal', refusal, [{ code: 5 }, { code: 0xffff }]),
  codec('username', username('name'), ['alice', 'A', 'sixteen-letters-'], [`${names} username`]),
  codec('username part', usernamePart('part'), ['al', '', 'sixteen-letters-'], [`${names} usernamePart`]),
  codec('bare username', bareUsername('name'), ['alice', 'A', 'sixteen-letters-'], [`${names} bareUsername`]),
  codec('conversation', conversationId('id'), [conversation], ['common/wire/commands.ts conversationId']),
  codec('id of a room', roomId('id'), [Buffer.alloc(16, 1)], ['common/wire/room-commands.ts roomId']),
  ...roomCodecs.map(([name, wire, values]) => codec(name, wire, values)),
  ...table('client', clientCommands, client),
  ...table('server', serverCommands, server),
];

/** Payloads of a command that fit in one cell. */
export const seedsOf = (side: 'client' | 'server', command: string): readonly Buffer[] =>
  codecTargets.find(({ name }) => name === `${side} ${command}`)!.seeds.filter(({ length }) => length < CELL - 100);
