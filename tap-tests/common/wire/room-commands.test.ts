import { test } from 'tap';
import { type Codec, decode, encode } from '../../../common/bytes/codec.js';
import { clientCommands, PAYLOAD_MAX, serverCommands } from '../../../common/wire/commands.js';
import { CELL } from '../../../common/wire/limits.js';
import { packMessages, RECORD_HEADER } from '../../../common/wire/record.js';
import { clientRooms, ROOM_BODY_MAX, roomKinds, serverRooms } from '../../../common/wire/room-commands.js';
import { roomRecordLength } from '../../../common/wire/room-record.js';

const tables: Record<'client' | 'server', Record<string, Codec<any>>> = { client: clientCommands, server: serverCommands };
const malformed = { name: 'WireError', code: 'malformed' };
const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');
const named = (text: string) => `${text.length.toString(16).padStart(2, '0')}${hex(text)}`;
const seq = (value: number) => value.toString(16).padStart(16, '0');
const room = 'club';
const body = Buffer.from([1, 2, 3]);
const LONG = 'a'.repeat(16);

type Row = [table: 'client' | 'server', command: string, value: unknown, payload: string];
const rows: Row[] = [
  ['client', 'join', { room, next: 0 }, `${named(room)}00000000`],
  ['client', 'join', { room: LONG, next: 0xffffffff }, `${named(LONG)}ffffffff`],
  ['client', 'part', { room }, named(room)],
  ['client', 'chng', { room, change: body }, `${named(room)}010203`],
  ['client', 'room', { room, kind: 9, body }, `${named(room)}09010203`],
  ['client', 'room', { room, kind: 10, body: Buffer.alloc(0) }, `${named(room)}0a`],
  ['client', 'each', { room, kind: 4, bodies: [{ name: 'bob', body }, { name: 'user3', body: Buffer.alloc(0) }] },
    `${named(room)}0402${named('bob')}0003010203${named('user3')}0000`],
  ['client', 'cert', { names: ['bob', 'user3'] }, `02${named('bob')}${named('user3')}`],
  ['server', 'join', { room, seq: 0, present: [] }, `${named(room)}${seq(0)}00`],
  ['server', 'join', { room, seq: 258, present: ['bob', 'alice'] }, `${named(room)}${seq(258)}02${named('bob')}${named('alice')}`],
  ['server', 'here', { room, seq: 1, name: 'bob' }, `${named(room)}${seq(1)}${named('bob')}`],
  ['server', 'away', { room, seq: 2 ** 53 - 1, name: 'bob' }, `${named(room)}001fffffffffffff${named('bob')}`],
  ['server', 'chng', { room, seq: 3, change: body }, `${named(room)}${seq(3)}010203`],
  ['server', 'room', { room, seq: 4, sender: 'bob', kind: 1, body }, `${named(room)}${seq(4)}${named('bob')}01010203`],
  ['server', 'each', { room, sender: 'bob', kind: 7, body }, `${named(room)}${named('bob')}07010203`],
  ['server', 'invt', { room, by: 'bob' }, `${named(room)}${named('bob')}`],
  ['server', 'knoc', { room, name: 'bob' }, `${named(room)}${named('bob')}`],
  ['server', 'cert', { name: 'bob', certificates: [Buffer.from([5])], spki: Buffer.from([9]) }, `${named('bob')}010001050001${'09'}`],
  ['server', 'cert', { name: 'bob', certificates: [], spki: Buffer.alloc(0) }, `${named('bob')}000000`],
];

test('every command of rooms, as the specification lays it out', async (t) => {
  for (const [side, command, value, payload] of rows) {
    t.equal(encode(tables[side][command]!, value).toString('hex'), payload, `${side} ${command}`);
    t.same(decode(tables[side][command]!, Buffer.from(payload, 'hex')), value, `${side} ${command}`);
  }
  const met = (side: string) => new Set(rows.filter(([of]) => of === side).map(([, command]) => command));
  t.same(met('client'), new Set([...Object.keys(clientRooms), 'cert']));
  t.same(met('server'), new Set([...Object.keys(serverRooms), 'cert']));
});

test('kinds', async (t) => {
  t.same(Object.values(roomKinds), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const kind of Object.values(roomKinds)) t.equal(decode(clientRooms.room, encode(clientRooms.room, { room, kind, body })).kind, kind);
});

const over = (bytes: number) => '00'.repeat(bytes);
const one = `${named('bob')}0000`;
const refused: [table: 'client' | 'server', command: string, payload: string, why: string][] = [
  ['client', 'join', '00'.repeat(5), 'no name'],
  ['client', 'join', `${named('a'.repeat(17))}00000000`, 'too long a name'],
  ['client', 'join', `${named('a b')}00000000`, 'a name outside of the grammar'],
  ['client', 'join', `${named(room)}000000`, 'a number cut off'],
  ['client', 'join', `${named(room)}0000000000`, 'a byte behind the number'],
  ['client', 'part', `${named(room)}00`, 'a byte behind the name'],
  ['client', 'chng', named(room), 'no change'],
  ['client', 'chng', `${named(room)}${over(4_201)}`, 'too long a change'],
  ['client', 'room', named(room), 'no kind'],
  ['client', 'room', `${named(room)}00`, 'kind 0'],
  ['client', 'room', `${named(room)}0b`, 'kind 11'],
  ['client', 'room', `${named(room)}09${over(ROOM_BODY_MAX + 1)}`, 'too long a body'],
  ['client', 'each', `${named(room)}0200`, 'nobody'],
  ['client', 'each', `${named(room)}0241${one.repeat(65)}`, '65'],
  ['client', 'each', `${named(room)}0201${named('bob')}0801${over(2_049)}`, 'too long a body'],
  ['client', 'each', `${named(room)}0202${one}`, 'fewer than announced'],
  ['client', 'each', `${named(room)}0201${one}00`, 'a byte behind the last'],
  ['client', 'each', `${named(room)}0b01${one}`, 'kind 11'],
  ['client', 'cert', '00', 'nobody'],
  ['client', 'cert', `41${named('a').repeat(65)}`, '65'],
  ['client', 'cert', `01${named('')}`, 'no name'],
  ['server', 'join', `${named(room)}${seq(0)}41${named('a').repeat(65)}`, '65 present'],
  ['server', 'join', `${named(room)}002000000000000000`, 'seq of 2^53'],
  ['server', 'room', `${named(room)}${seq(1)}0009`, 'no sender'],
  ['server', 'each', `${named(room)}${named('bob')}02${over(2_049)}`, 'too long a body'],
  ['server', 'chng', `${named(room)}${seq(1)}`, 'no change'],
  ['server', 'here', `${named(room)}${seq(1)}`, 'no name'],
  ['server', 'invt', named(room), 'no name'],
  ['server', 'cert', `${named('bob')}0000`, 'a key cut off'],
  ['server', 'cert', `${named('bob')}000259${over(601)}`, 'too long a key'],
  ['server', 'cert', `${named('bob')}09${'000105'.repeat(9)}0000`, '9 certificates'],
];

for (const [side, command, payload, why] of refused) {
  test(`malformed: ${side} ${command}, ${why}`, async (t) => {
    t.throws(() => decode(tables[side][command]!, Buffer.from(payload, 'hex')), malformed);
  });
}

const cellsOf = (command: string, payload: Buffer) => (packMessages([{ command, payload }]).length + RECORD_HEADER) / CELL;

test('a record of a room fills its cells in both directions, whatever the names', async (t) => {
  const kind = roomKinds.record;
  for (let cells = 1; cells <= 16; cells++) {
    const record = Buffer.alloc(roomRecordLength(cells), 1);
    for (const [name, sender] of [['r', 'a'], [LONG, LONG]] as const) {
      t.equal(cellsOf('room', encode(clientRooms.room, { room: name, kind, body: record })), cells, `${cells} of a client`);
      t.equal(cellsOf('room', encode(serverRooms.room, { room: name, seq: 2 ** 53 - 1, sender, kind, body: record })), cells, `${cells} of a server`);
    }
    if (cells > 1) continue;
    const oneMore = Buffer.alloc(record.length + 1);
    t.equal(cellsOf('room', encode(serverRooms.room, { room: LONG, seq: 1, sender: LONG, kind, body: oneMore })), 2, 'not a byte is left');
  }
  const largest = encode(serverRooms.room, { room: LONG, seq: 1, sender: LONG, kind, body: Buffer.alloc(ROOM_BODY_MAX) });
  t.equal(largest.length, PAYLOAD_MAX);
});

test('64 names fit', async (t) => {
  const names = Array.from({ length: 64 }, (_, at) => `${at}`.padStart(16, 'n'));
  t.ok(encode(serverRooms.join, { room: LONG, seq: 1, present: names }).length < PAYLOAD_MAX);
  t.ok(encode(clientCommands.cert, { names }).length < CELL);
});
