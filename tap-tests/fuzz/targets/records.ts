import { type CellType, cellTypes, isRefusalCell, readCell, writeCell } from '../../../common/wire/cell.js';
import { clientCommands, serverCommands } from '../../../common/wire/commands.js';
import { packContent, sealedCells, sealedLength, unpackContent } from '../../../common/wire/end-to-end.js';
import { CELL, RECORD_CELLS_MAX } from '../../../common/wire/limits.js';
import { packMessages, type RawMessage, recordCapacity, unpackMessages } from '../../../common/wire/record.js';
import { mutate, type Material, type Random } from '../../support/mutations.js';
import { bytesOf, check, same, type Target } from '../target.js';

const types = Object.keys(cellTypes) as CellType[];
export const message = (command: string, payload = Buffer.alloc(0)): RawMessage => ({ command, payload });
export const wireTokens = bytesOf('MSGA', 'ping', 'exit', 'chat', 'frwd', 'welc', 'MessageAppV2', '__pr', 'cons');

/** The front is changed and zeros brought behind it, to one of the lengths that there are. */
const padded = (lengthFor: (front: number, random: Random) => number) =>
  (bytes: Buffer, random: Random, material: Material): Buffer => {
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    const front = mutate(bytes.subarray(0, end), random, material);
    const whole = Buffer.alloc(lengthFor(front.length, random));
    front.copy(whole);
    if (random(8) === 0) whole[random(whole.length)] = random(256);
    return whole;
  };

/** As few cells as hold so many bytes, or some more. */
function cells(bytes: number, random: Random): number {
  const more = random(6) === 0 ? random(RECORD_CELLS_MAX) : 0;
  return Math.min(RECORD_CELLS_MAX, Math.max(1, Math.ceil((bytes + 49) / CELL)) + more);
}

const handshakeCell: Target = {
  name: 'cell',
  covers: ['common/wire/cell.ts readCell', 'common/wire/cell.ts isRefusalCell'],
  errors: ['wrong-version', 'out-of-turn', 'malformed'], inputs: 15_000, tokens: wireTokens,
  seeds: [...types.map((type) => writeCell(type, Buffer.from(type))), writeCell('M2', Buffer.alloc(4_088, 1))],
  mutate: padded(() => CELL),
  run(input) {
    const says = input.toString('latin1', 0, 6) === 'MSGA\x02\x0f';
    check(isRefusalCell(input) === says, says ? 'not taken for a refusal' : 'taken for a refusal');
    const { type, body } = readCell(input, types);
    same('a cell', input, writeCell(type, body));
    return type;
  },
};

const long = (length: number) => message('frwd', Buffer.alloc(length, 7));
const pings = Array.from({ length: 9 }, () => message('ping'));
const forAll = [[long(300), message('exit')], pings, [long(9_000)], [long(65_479)]].map(packMessages);
const forServer = [packMessages([message('chat', Buffer.from('bob')), message('ping')]), ...forAll];
const forClient = [packMessages([message('reqt', Buffer.from('bob')), message('welc')]), ...forAll];

const messages = (side: string, table: Readonly<Record<string, unknown>>, seeds: readonly Buffer[]): Target => ({
  name: `${side} record`,
  covers: ['common/wire/record.ts unpackMessages'],
  errors: ['malformed'], inputs: 12_000, tokens: wireTokens, seeds, max: recordCapacity(RECORD_CELLS_MAX),
  mutate: padded((front, random) => recordCapacity(cells(front, random))),
  run(input) {
    const read = unpackMessages(input, table);
    check(read.length <= input.length / 8, 'more messages than fit');
    const again = packMessages(read);
    check(again.length <= input.length, 'it grows');
    same('a record', input, Buffer.concat([again, Buffer.alloc(input.length - again.length)]));
    return `${read[0]!.command} first`;
  },
});

const content: Target = {
  name: 'end-to-end content',
  covers: ['common/wire/end-to-end.ts unpackContent', 'common/wire/end-to-end.ts sealedCells'],
  errors: ['malformed'], inputs: 10_000, max: CELL * RECORD_CELLS_MAX,
  seeds: [0, 5, 3_972, 3_973, 20_000, 65_412].map((length) =>
    packContent({ type: 1, content: Buffer.alloc(length, 0x61) })),
  mutate: padded((front, random) => sealedLength(cells(front, random)) - 52),
  run(input) {
    check(sealedCells(input.length + 52) === (input.length + 118) / CELL, 'another number of cells');
    same('a content', input, packContent(unpackContent(input)));
  },
};

export const recordTargets: readonly Target[] = [
  handshakeCell, messages('client', clientCommands, forServer), messages('server', serverCommands, forClient), content,
];
