import { test } from 'tap';
import {
  CONTENT_MAX, contentMax, contentTypes, kinds, packContent, SEALED_HEADER, sealedCells, sealedLength, unpackContent,
} from '../../../common/wire/end-to-end.js';
import { CELL } from '../../../common/wire/limits.js';

const malformed = (message: RegExp) => ({ name: 'WireError', code: 'malformed', message });
const pack = (length: number, type = 1) => packContent({ type, content: Buffer.alloc(length, 0x61) });

test('lengths are those of the specification', async (t) => {
  for (let cells = 1; cells <= 16; cells++) {
    t.equal(sealedLength(cells), 4096 * cells - 66);
    t.equal(sealedCells(4096 * cells - 66), cells);
  }
  t.equal(contentMax(1), 3_972);
  t.equal(CONTENT_MAX, 65_412);
  for (const length of [0, 1, 4029, 4031, 4096, 8125, 17 * 4096 - 66, -66]) t.equal(sealedCells(length), undefined, `${length}`);
  t.same(kinds, { P1: 1, P2: 2, P3: 3, record: 4 });
  t.same(Object.values(contentTypes), [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19]);
});

test('the smallest record that holds the content', async (t) => {
  for (let cells = 1; cells <= 16; cells++) {
    for (const length of [contentMax(cells) - 1, contentMax(cells), contentMax(cells) + 1]) {
      if (length > CONTENT_MAX) continue;
      const plaintext = pack(length);
      t.equal(sealedCells(plaintext.length + SEALED_HEADER), length > contentMax(cells) ? cells + 1 : cells, `${length}`);
      t.same(unpackContent(plaintext), { type: 1, content: Buffer.alloc(length, 0x61) });
    }
  }
  t.equal(pack(0).length, pack(contentMax(1)).length, 'nothing looks like much');
  t.throws(() => pack(CONTENT_MAX + 1), malformed(/65413 bytes/));
});

test('the layout', async (t) => {
  const plaintext = packContent({ type: 0xfe, content: Buffer.from('hi') });
  t.equal(plaintext.subarray(0, 10).toString('hex'), 'fe000000000268690000');
  t.same(unpackContent(plaintext), { type: 0xfe, content: Buffer.from('hi') });
});

const broken: [string, (plaintext: Buffer) => void, RegExp][] = [
  ['the zero is none', (plaintext) => plaintext.writeUInt8(1, 1), /unfit header/],
  ['a length past the end', (plaintext) => plaintext.writeUInt32BE(plaintext.length - 5, 2), /unfit header/],
  ['the largest length', (plaintext) => plaintext.writeUInt32BE(0xffffffff, 2), /unfit header/],
  ['a tail that is not zero', (plaintext) => plaintext.writeUInt8(1, plaintext.length - 1), /padding is not zero/],
  ['a length too short', (plaintext) => plaintext.writeUInt32BE(1, 2), /padding is not zero/],
];

for (const [name, fault, why] of broken) {
  test(`malformed: ${name}`, async (t) => {
    const plaintext = pack(5);
    fault(plaintext);
    t.throws(() => unpackContent(plaintext), malformed(why));
  });
}

test('more cells than need be', async (t) => {
  for (const cells of [2, 3, 16]) {
    const of = (length: number) => {
      const plaintext = Buffer.alloc(sealedLength(cells) - SEALED_HEADER);
      plaintext.writeUInt8(1, 0);
      plaintext.writeUInt32BE(length, 2);
      return plaintext;
    };
    t.throws(() => unpackContent(of(contentMax(cells - 1))), malformed(/more cells than need be/), `${cells}`);
    t.throws(() => unpackContent(of(0)), malformed(/more cells/));
    t.equal(unpackContent(of(contentMax(cells - 1) + 1)).content.length, contentMax(cells) - CELL + 1);
  }
});
