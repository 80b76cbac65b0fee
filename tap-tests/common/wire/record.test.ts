import { test } from 'tap';
import { clientCommands } from '../../../common/wire/commands.js';
import { CELL } from '../../../common/wire/limits.js';
import {
  cellsFor, messageLength, packMessages, RECORD_CAPACITY_MAX, recordCapacity, type RawMessage, unpackMessages,
} from '../../../common/wire/record.js';

const message = (command: string, length: number): RawMessage => ({ command, payload: Buffer.alloc(length, 0x61) });
const unpack = (plaintext: Buffer) => unpackMessages(plaintext, clientCommands);
const malformed = (message: RegExp) => ({ name: 'WireError', code: 'malformed', message });

test('capacities are those of the specification', async (t) => {
  t.equal(recordCapacity(1), 4047);
  t.equal(RECORD_CAPACITY_MAX, 65_487);
  for (let cells = 1; cells <= 16; cells++) {
    t.equal(cellsFor(recordCapacity(cells)), cells);
    t.equal(cellsFor(recordCapacity(cells) + 1), cells + 1);
  }
  t.equal(cellsFor(0), 1);
  t.equal(messageLength(Buffer.alloc(5)), 13);
});

test('one message or many, and lengths around a cell', async (t) => {
  for (const lengths of [[0], [5], [0, 0, 0], [4039], [4040], [4047 - 24, 0, 0], [65_479], Array<number>(1_000).fill(3)]) {
    const messages = lengths.map((length, n) => message(['frwd', 'ping', 'chat'][n % 3]!, length));
    const plaintext = packMessages(messages);
    t.same(unpack(plaintext), messages, lengths.slice(0, 4).join());
    t.equal((plaintext.length + 49) % CELL, 0);
    const total = lengths.reduce((sum, length) => sum + 8 + length, 0);
    t.equal(plaintext.length, recordCapacity(cellsFor(total)), 'the smallest record that holds it');
  }
  t.equal(packMessages([message('ping', 2)]).subarray(0, 12).toString('latin1'), 'ping\0\0\0\x02aa\0\0');
});

const broken: [string, (plaintext: Buffer) => void, RegExp][] = [
  ['no message', (plaintext) => plaintext.fill(0), /without a message/],
  ['a tail that is not zero', (plaintext) => plaintext.writeUInt8(1, plaintext.length - 1), /padding is not zero/],
  ['a zero, then more', (plaintext) => plaintext.write('ping', 100), /padding is not zero/],
  ['a command that is none', (plaintext) => plaintext.write('evil', 0), /unknown command/],
  ['a command of the other direction', (plaintext) => plaintext.write('welc', 0), /unknown command/],
  ['a command in capitals', (plaintext) => plaintext.write('PING', 0), /unknown command/],
  ['letters and a zero', (plaintext) => plaintext.write('pin\0', 0), /unknown command/],
  ['a length past the end', (plaintext) => plaintext.writeUInt32BE(4040, 4), /4040 bytes announced, 4039 there/],
  ['the largest length', (plaintext) => plaintext.writeUInt32BE(0xffffffff, 4), /4294967295 bytes announced/],
  ['a length one too short', (plaintext) => plaintext.writeUInt32BE(2, 4), /unknown command/],
];

for (const [name, fault, why] of broken) {
  test(`malformed: ${name}`, async (t) => {
    const plaintext = packMessages([message('ping', 3)]);
    fault(plaintext);
    t.throws(() => unpack(plaintext), malformed(why));
  });
}

test('a message cut off by the end', async (t) => {
  for (const left of [1, 4, 7]) {
    const plaintext = packMessages([message('frwd', 4047 - 8 - left)]);
    plaintext.write('pingpin'.slice(0, left), plaintext.length - left);
    t.throws(() => unpack(plaintext), malformed(/cut off/));
  }
  const exact = packMessages([message('frwd', 4047 - 16), message('exit', 0)]);
  t.equal(unpack(exact).length, 2, 'up to the last byte');
});

test('names that every object has are no commands', async (t) => {
  for (const table of [{}, { ping: 1 }] as Record<string, number>[]) {
    const plaintext = packMessages([message('ping', 0)]);
    plaintext.write('__pr', 0);
    t.throws(() => unpackMessages(plaintext, table), malformed(/unknown/));
  }
});
