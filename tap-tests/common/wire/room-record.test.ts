import { test } from 'tap';
import { CELL } from '../../../common/wire/limits.js';
import {
  packRoomContent, ROOM_AAD, ROOM_CONTENT_MAX, ROOM_HEADER, roomContentTypes, roomRecordCells, roomRecordLength, unpackRoomContent,
} from '../../../common/wire/room-record.js';

const malformed = (message: RegExp) => ({ name: 'WireError', code: 'malformed', message });
const of = (length: number, signed = 64) => ({ type: 1, content: Buffer.alloc(length, 0x61), signature: Buffer.alloc(signed, 5) });
const cellsOf = (plaintext: Buffer) => roomRecordCells(plaintext.length + ROOM_HEADER);
/** Content that fills `cells` to the last byte, beside a signature of `signed` bytes. */
const most = (cells: number, signed = 64) => CELL * cells - 156 - 8 - signed;

test('lengths are those of the specification', async (t) => {
  t.equal(ROOM_AAD, 40);
  t.equal(ROOM_HEADER, 56);
  t.equal(ROOM_CONTENT_MAX, 64_860);
  for (let cells = 1; cells <= 16; cells++) {
    t.equal(roomRecordLength(cells), 4096 * cells - 100);
    t.equal(roomRecordCells(4096 * cells - 100), cells);
  }
  for (const length of [0, 1, 3995, 3997, 4096, 8093, 17 * 4096 - 100, -100]) t.equal(roomRecordCells(length), undefined, `${length}`);
  t.same(Object.entries(roomContentTypes), [['text', 1], ['receipt', 2]]);
});

test('the smallest record that holds content and signature', async (t) => {
  for (const signed of [1, 64, 256, 512]) {
    for (let cells = 1; cells <= 16; cells++) {
      for (const length of [most(cells, signed) - 1, most(cells, signed), most(cells, signed) + 1]) {
        if (length > ROOM_CONTENT_MAX) continue;
        const plaintext = packRoomContent(of(length, signed));
        t.equal(cellsOf(plaintext), length > most(cells, signed) ? cells + 1 : cells, `${length} with ${signed}`);
        t.same(unpackRoomContent(plaintext), of(length, signed));
      }
    }
  }
  t.equal(cellsOf(packRoomContent(of(0))), 1);
  t.equal(most(16, 512), ROOM_CONTENT_MAX, 'the longest content has a place beside the largest signature');
  t.throws(() => packRoomContent(of(ROOM_CONTENT_MAX + 1)), malformed(/64861 bytes/));
});

test('the layout', async (t) => {
  const plaintext = packRoomContent({ type: 2, content: Buffer.from('hi'), signature: Buffer.from([7, 8, 9]) });
  t.equal(plaintext.length, CELL - 156);
  t.equal(plaintext.subarray(0, 15).toString('hex'), '02000000000268690003070809' + '0000');
});

const pack = () => packRoomContent(of(5));
const broken: [string, (plaintext: Buffer) => void, RegExp][] = [
  ['the zero is none', (plaintext) => plaintext.writeUInt8(1, 1), /unfit header/],
  ['a length past the end', (plaintext) => plaintext.writeUInt32BE(plaintext.length - 7, 2), /unfit header/],
  ['the largest length', (plaintext) => plaintext.writeUInt32BE(0xffffffff, 2), /unfit header/],
  ['no signature', (plaintext) => plaintext.fill(0, 11), /unfit signature/],
  ['a signature past the end', (plaintext) => plaintext.writeUInt16BE(plaintext.length - 12, 11), /unfit signature/],
  ['the largest signature', (plaintext) => plaintext.writeUInt16BE(0xffff, 11), /unfit signature/],
  ['a tail that is not zero', (plaintext) => plaintext.writeUInt8(1, plaintext.length - 1), /padding is not zero/],
  ['a signature that is longer than it says', (plaintext) => plaintext.writeUInt16BE(63, 11), /padding is not zero/],
];

for (const [name, fault, why] of broken) {
  test(`malformed: ${name}`, async (t) => {
    const plaintext = pack();
    fault(plaintext);
    t.throws(() => unpackRoomContent(plaintext), malformed(why));
  });
}

test('a length whose signature begins with the last byte but one', async (t) => {
  const plaintext = Buffer.alloc(roomRecordLength(1) - ROOM_HEADER);
  plaintext.writeUInt8(1, 0);
  plaintext.writeUInt32BE(plaintext.length - 8, 2);
  t.throws(() => unpackRoomContent(plaintext), malformed(/unfit signature/));
});

test('more cells than need be', async (t) => {
  for (const cells of [2, 3, 16]) {
    const padded = (length: number) => {
      const plaintext = Buffer.alloc(roomRecordLength(cells) - ROOM_HEADER);
      plaintext.writeUInt8(1, 0);
      plaintext.writeUInt32BE(length, 2);
      plaintext.writeUInt16BE(64, 6 + length);
      return plaintext;
    };
    t.throws(() => unpackRoomContent(padded(most(cells - 1))), malformed(/more cells than need be/), `${cells}`);
    t.throws(() => unpackRoomContent(padded(0)), malformed(/more cells/));
    t.equal(unpackRoomContent(padded(most(cells - 1) + 1)).content.length, most(cells - 1) + 1);
  }
});
