import { counterBytes, ReceivingChain, SendingChain } from '../../../common/crypto/ratchet.js';
import { RecordSealer } from '../../../common/crypto/record-key.js';
import { Secret } from '../../../common/crypto/secret.js';
import { MessageAppError } from '../../../common/errors.js';
import { Inbox } from '../../../common/transport/inbox.js';
import { type CellType, cellTypes, isRefusalCell, readCell, writeCell } from '../../../common/wire/cell.js';
import { clientCommands, serverCommands } from '../../../common/wire/commands.js';
import { packContent, sealedCells, sealedLength, unpackContent } from '../../../common/wire/end-to-end.js';
import { CELL, RECORD_CELLS_MAX } from '../../../common/wire/limits.js';
import { packMessages, type RawMessage, recordCapacity, unpackMessages } from '../../../common/wire/record.js';
import { mutate, type Material, type Random, seeded } from '../../support/mutations.js';
import { bytesOf, check, same, type Target } from '../target.js';

const types = Object.keys(cellTypes) as CellType[];
const text = (command: string, payload: string | Buffer = ''): RawMessage => ({ command, payload: Buffer.from(payload as string) });
const tokens = bytesOf('MSGA', 'ping', 'exit', 'chat', 'frwd', 'welc', 'MessageAppV2', '__pr', 'cons');

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

const cells = (bytes: number, random: Random): number =>
  Math.min(RECORD_CELLS_MAX, Math.max(1, Math.ceil((bytes + 49) / CELL)) + (random(6) === 0 ? random(RECORD_CELLS_MAX) : 0));

const handshakeCell: Target = {
  name: 'cell', covers: ['common/wire/cell.ts readCell', 'common/wire/cell.ts isRefusalCell'],
  errors: ['wrong-version', 'out-of-turn', 'malformed'], inputs: 30_000, tokens,
  seeds: [...types.map((type) => writeCell(type, Buffer.from(type))), writeCell('M2', Buffer.alloc(4_088, 1))],
  mutate: padded(() => CELL),
  run(input) {
    check(isRefusalCell(input) === (input.subarray(0, 6).toString('latin1') === 'MSGA\x02\x0f'), 'taken for a refusal');
    const { type, body } = readCell(input, types);
    same('a cell', input, writeCell(type, body));
    return type;
  },
};

const packed = [
  [text('chat', 'bob'), text('ping')], [text('frwd', Buffer.alloc(300, 7)), text('exit')], Array.from({ length: 9 }, () => text('ping')),
  [text('frwd', Buffer.alloc(9_000, 7))], [text('frwd', Buffer.alloc(65_479, 1))],
].map(packMessages);

const messages = (side: string, table: Readonly<Record<string, unknown>>): Target => ({
  name: `${side} record`, covers: ['common/wire/record.ts unpackMessages'], errors: ['malformed'], inputs: 12_000, tokens,
  seeds: packed.filter((_, at) => side === 'client' || at > 1), max: recordCapacity(RECORD_CELLS_MAX),
  mutate: padded((front, random) => recordCapacity(cells(front, random))),
  run(input) {
    const read = unpackMessages(input, side === 'client' ? clientCommands : table);
    check(read.length <= input.length / 8, 'more messages than fit');
    const again = packMessages(read);
    check(again.length <= input.length, 'it grows');
    same('a record', input, Buffer.concat([again, Buffer.alloc(input.length - again.length)]));
    return `${read[0]!.command} first`;
  },
});

const content: Target = {
  name: 'end-to-end content', covers: ['common/wire/end-to-end.ts unpackContent', 'common/wire/end-to-end.ts sealedCells'],
  errors: ['malformed'], inputs: 20_000, max: 4_096 * 16,
  seeds: [0, 5, 3_972, 3_973, 20_000, 65_412].map((length) => packContent({ type: 1, content: Buffer.alloc(length, 0x61) })),
  mutate: padded((front, random) => sealedLength(cells(front, random)) - 52),
  run(input) {
    check(sealedCells(input.length + 52) === (input.length + 118) / CELL, 'another number of cells');
    same('a content', input, packContent(unpackContent(input)));
  },
};

const chain = () => new Secret(Buffer.alloc(32, 9));
const sealing = new SendingChain(chain());
const sealed = [sealing.seal('text', Buffer.from('first'), 1_700_000_000_000)];
const second = sealing.seal('receipt', counterBytes(0n), 1_700_000_000_001);

const endToEnd: Target = {
  name: 'end-to-end record', covers: [], errors: ['malformed'], inputs: 8_000, seeds: sealed, tokens,
  run(input) {
    const receiving = new ReceivingChain(chain());
    const opened = receiving.open(input);
    check((opened !== undefined) === input.equals(sealed[0]!), 'opened what was not sealed');
    // What failed has changed nothing: the right ones still open.
    if (!opened) check(receiving.open(sealed[0]!) !== undefined, 'the chain has moved on');
    check(receiving.open(second)?.counter === 1n, 'the second does not open');
    return opened ? 'opened' : 'not opened';
  },
};

const sealer = new RecordSealer('alice', new Secret(Buffer.alloc(32, 3)));
const said = [packed[0]!, packed[3]!, packed[0]!];
const stream = Buffer.concat(said.flatMap((plaintext) => sealer.seal(plaintext)));

/** What an inbox gives of bytes in pieces: the messages before anything wrong, and the error. */
function taken(pieces: readonly Buffer[]): string[] {
  const inbox = new Inbox('alice', new Secret(Buffer.alloc(32, 3)), clientCommands);
  const given: string[] = [];
  const take = () => {
    for (let read = inbox.next(); read; read = inbox.next()) {
      given.push(read.map(({ command, payload }) => command + payload.length).join());
    }
  };
  try {
    for (const piece of pieces) {
      // Whole records in front of a wrong header count, however the bytes were cut.
      try {
        inbox.push(piece);
      } finally {
        take();
      }
    }
  } catch (error) {
    if (!(error instanceof MessageAppError)) throw error;
    given.push(error.code);
  }
  return given;
}

const connection: Target = {
  name: 'connection', covers: [], errors: [], inputs: 2_500, seeds: [stream], max: 2 * stream.length, tokens,
  run(input) {
    const random = seeded(input.length);
    const pieces: Buffer[] = [];
    for (let at = 0; at < input.length;) pieces.push(input.subarray(at, (at += 1 + random(random(2) === 0 ? 40 : 5_000))));
    const whole = taken([Buffer.from(input)]);
    check(taken(pieces).join() === whole.join(), `cut, it gives ${taken(pieces).join()} and not ${whole.join()}`);
    const messages = whole.filter((each) => each !== 'bad-record');
    check(messages.length <= 3, `gives ${messages.join()}`);
    if (!input.subarray(0, stream.length).equals(stream)) check(messages.length < 3, 'opened what was not sealed');
    return `${messages.length} records, ${whole.at(-1) === 'bad-record' ? 'then a bad one' : 'no bad one'}`;
  },
};

export const recordTargets: readonly Target[] = [
  handshakeCell, messages('client', clientCommands), messages('server', serverCommands), content, endToEnd, connection,
];
