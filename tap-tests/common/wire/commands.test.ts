import { test } from 'tap';
import { type Codec, decode, encode } from '../../../common/bytes/codec.js';
import { clientRooms, serverRooms } from '../../../common/wire/room-commands.js';
import { clientCommands, errorCodes, endReasons, PAYLOAD_MAX, serverCommands } from '../../../common/wire/commands.js';

const tables: Record<'client' | 'server', Record<string, Codec<any>>> = { client: clientCommands, server: serverCommands };
const conversation = '0123456789abcdef';
const malformed = { name: 'WireError', code: 'malformed' };
const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');

type Row = [table: 'client' | 'server', command: string, value: unknown, payload: string];
const rows: Row[] = [
  ...['chat', 'cach', 'acpt', 'refu'].map((command): Row => ['client', command, { username: 'bob' }, hex('bob')]),
  ['client', 'frwd', { conversation, body: Buffer.from([4]) }, `${conversation}04`],
  ['client', 'exch', { conversation }, conversation],
  ['client', 'list', { prefix: '', after: '' }, '0000'],
  ['client', 'list', { prefix: 'al', after: 'alice' }, `02${hex('al')}05${hex('alice')}`],
  ['client', 'ping', { data: Buffer.alloc(32, 1) }, '01'.repeat(32)],
  ['client', 'pong', { data: Buffer.alloc(0) }, ''],
  ['client', 'exit', undefined, ''],
  ['server', 'welc', { json: '{"text":"grüße"}' }, Buffer.from('{"text":"grüße"}').toString('hex')],
  ...['reqt', 'call', 'refu', 'cach'].map((command): Row => ['server', command, { username: 'a-1' }, hex('a-1')]),
  ['server', 'pubk', { conversation, role: 1, peer: 'bob', certificates: [], spki: Buffer.from([9]) }, `${conversation}0103${hex('bob')}00000109`],
  ['server', 'frwd', { conversation, body: Buffer.from([1, 2]) }, `${conversation}0102`],
  ['server', 'exch', { conversation, reason: 3 }, `${conversation}03`],
  ['server', 'list', { more: 0, users: [] }, '00'],
  ['server', 'list', { more: 1, users: [{ name: 'Bob', inChat: false }, { name: 'alice', inChat: true }] }, `01${hex('Bob\nalice[IN CHAT]\n')}`],
  ['server', 'erro', { code: 5, about: Buffer.from('cachbob'), text: 'No.' }, `000507${hex('cachbob')}${hex('No.')}`],
  ['server', 'ping', { data: Buffer.from('x') }, '78'],
  ['server', 'pong', { data: Buffer.from('x') }, '78'],
  ['server', 'exit', undefined, ''],
];

test('every command of both tables, as the specification lays it out', async (t) => {
  for (const [side, command, value, payload] of rows) {
    const codec = tables[side][command]!;
    t.equal(encode(codec, value).toString('hex'), payload, `${side} ${command}`);
    t.same(decode(codec, Buffer.from(payload, 'hex')), value, `${side} ${command}`);
  }
  // Those of rooms have a file of their own.
  const met = (side: string, rooms: object) => new Set([...rows.filter(([of]) => of === side).map(([, command]) => command), ...Object.keys(rooms), 'cert']);
  t.same(met('client', clientRooms), new Set(Object.keys(clientCommands)));
  t.same(met('server', serverRooms), new Set(Object.keys(serverCommands)));
});

const refused: [table: 'client' | 'server', command: string, payload: string, why: string][] = [
  ['client', 'exit', '00', 'a payload where none is due'],
  ['client', 'ping', '00'.repeat(33), 'too long'],
  ['client', 'chat', '', 'no name'],
  ['client', 'chat', hex('a'.repeat(17)), 'too long a name'],
  ['client', 'chat', hex('al ice'), 'outside of the grammar'],
  ['client', 'chat', hex('alice\n'), 'a line end'],
  ['client', 'frwd', conversation, 'under 9 bytes'],
  ['client', 'frwd', conversation.slice(2), 'no whole conversation'],
  ['client', 'exch', `${conversation}00`, 'too long'],
  ['client', 'list', '00', 'one part'],
  ['client', 'list', '000000', 'more than two parts'],
  ['client', 'list', `01${hex('_')}00`, 'a prefix outside of the grammar'],
  ['server', 'exch', conversation, 'no reason'],
  ['server', 'exch', `${conversation}04`, 'a reason that nobody knows'],
  ['server', 'pubk', `${conversation}0203${hex('bob')}00000109`, 'a role that nobody has'],
  ['server', 'pubk', `${conversation}0103${hex('bob')}000000`, 'no key'],
  ['server', 'pubk', `${conversation}01000000000109`, 'no name'],
  ['server', 'welc', 'ff', 'not UTF-8'],
  ['server', 'erro', `0005${'15'}${'41'.repeat(21)}`, 'about too much'],
  ['server', 'erro', `000500${'41'.repeat(513)}`, 'too long a text'],
  ['server', 'list', `02${hex('a\n')}`, 'more than yes or no'],
  ['server', 'list', `00${hex('a')}`, 'a line without its end'],
  ['server', 'list', `00${hex('\n')}`, 'an empty line'],
  ['server', 'list', `00${hex('b\na\n')}`, 'not in order'],
  ['server', 'list', `00${hex('a\na\n')}`, 'a name twice'],
  ['server', 'list', `00${hex('a[IN CHAT]\na\n')}`, 'a name twice, once in a chat'],
  ['server', 'list', `00${hex('a[IN CHAT][IN CHAT]\n')}`, 'a mark twice'],
  ['server', 'list', `00${hex('[IN CHAT]\n')}`, 'a mark without a name'],
];

for (const [side, command, payload, why] of refused) {
  test(`malformed: ${side} ${command}, ${why}`, async (t) => {
    t.throws(() => decode(tables[side][command]!, Buffer.from(payload, 'hex')), malformed);
  });
}

test('a list holds 256 names and no more', async (t) => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `${String(n).padStart(16, '0')}[IN CHAT]\n`).join('');
  const of = (count: number) => decode(serverCommands.list, Buffer.from(`\0${names(count)}`, 'latin1')).users.length;
  t.equal(of(256), 256);
  t.throws(() => of(257), malformed);
  const short = Array.from({ length: 257 }, (_, n) => `${String(n).padStart(3, '0')}\n`).join('');
  t.throws(() => decode(serverCommands.list, Buffer.from(`\0${short}`, 'latin1')), { message: /more than 256 lines/ });
});

test('numbers are those of the specification', async (t) => {
  t.equal(PAYLOAD_MAX, 65_479);
  t.same(Object.values(errorCodes), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  t.same(Object.values(endReasons), [0, 1, 2, 3]);
  t.equal(encode(clientCommands.frwd, { conversation, body: Buffer.alloc(PAYLOAD_MAX - 8, 1) }).length, PAYLOAD_MAX);
  t.throws(() => encode(clientCommands.frwd, { conversation, body: Buffer.alloc(PAYLOAD_MAX - 7) }), malformed);
});
