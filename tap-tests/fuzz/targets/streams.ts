import { duplexPair } from 'node:stream';
import { counterBytes, ReceivingChain, SendingChain } from '../../../common/crypto/ratchet.js';
import { RecordSealer } from '../../../common/crypto/record-key.js';
import { Secret } from '../../../common/crypto/secret.js';
import { MessageAppError } from '../../../common/errors.js';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { Inbox } from '../../../common/transport/inbox.js';
import { clientCommands } from '../../../common/wire/commands.js';
import { CELL } from '../../../common/wire/limits.js';
import { packMessages } from '../../../common/wire/record.js';
import { jsonLine } from '../../../server/relay/log.js';
import { WireTap } from '../../../server/relay/wire-tap.js';
import { seeded } from '../../support/mutations.js';
import { check, type Target } from '../target.js';
import { message, wireTokens } from './records.js';

/** Bytes of a connection however they are cut; what is sealed opens as it was sealed, or not at all. */
function pieces(input: Buffer, longest: number): Buffer[] {
  const random = seeded(input.length);
  const cut: Buffer[] = [];
  for (let at = 0, size = 0; at < input.length; at += size) {
    size = 1 + random(random(2) === 0 ? 40 : longest);
    cut.push(input.subarray(at, at + size));
  }
  return cut;
}

const secret = (fill: number) => new Secret(Buffer.alloc(32, fill));
const sealing = new SendingChain(secret(9));
const first = sealing.seal('text', Buffer.from('first'), 1_700_000_000_000);
const second = sealing.seal('receipt', counterBytes(0n), 1_700_000_000_001);

const endToEnd: Target = {
  name: 'end-to-end record',
  covers: ['common/crypto/ratchet.ts ReceivingChain'],
  errors: ['malformed'], inputs: 5_000, seeds: [first], tokens: wireTokens,
  run(input) {
    const receiving = new ReceivingChain(secret(9));
    const opened = receiving.open(input);
    check((opened !== undefined) === input.equals(first), 'opened what was not sealed');
    // What failed has changed nothing: the right ones still open.
    if (!opened) check(receiving.open(first) !== undefined, 'the chain has moved on');
    check(receiving.open(second)?.counter === 1n, 'the second does not open');
    return opened ? 'opened' : 'not opened';
  },
};

const sealer = new RecordSealer('alice', secret(3));
const short = packMessages([message('chat', Buffer.from('bob')), message('ping')]);
const said = [short, packMessages([message('frwd', Buffer.alloc(9_000, 7))]), short];
const stream = Buffer.concat(said.flatMap((plaintext) => sealer.seal(plaintext)));

/** What an inbox gives of bytes in pieces: the records before anything wrong, and the error. */
function taken(cut: readonly Buffer[]): string[] {
  const inbox = new Inbox('alice', secret(3), clientCommands);
  const given: string[] = [];
  const take = () => {
    for (let read = inbox.next(); read; read = inbox.next()) {
      given.push(read.map(({ command, payload }) => command + payload.length).join());
    }
  };
  try {
    for (const piece of cut) {
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
  name: 'connection',
  covers: ['common/transport/inbox.ts Inbox'],
  errors: [], inputs: 2_500, seeds: [stream], max: 2 * stream.length, tokens: wireTokens,
  run(input) {
    const whole = taken([Buffer.from(input)]);
    const inPieces = taken(pieces(input, 5_000));
    check(inPieces.join() === whole.join(), `cut, it gives ${inPieces.join()} and not ${whole.join()}`);
    const isBad = whole.at(-1) === 'bad-record';
    const opened = whole.length - (isBad ? 1 : 0);
    check(opened <= (input.subarray(0, stream.length).equals(stream) ? 3 : 2), 'opened what was not sealed');
    return `${opened} records, ${isBad ? 'then a bad one' : 'no bad one'}`;
  },
};

const handshake: Target = {
  name: 'stream of handshake cells',
  covers: ['common/transport/cells.ts readHandshakeCell'],
  errors: ['truncated'], inputs: 400, max: 3 * CELL, seeds: [Buffer.alloc(CELL, 2), Buffer.alloc(2 * CELL + 5, 1)],
  async run(input) {
    const [near, far] = duplexPair();
    try {
      const reading = readHandshakeCell(near, new AbortController().signal);
      reading.catch(() => undefined);
      for (const piece of pieces(input, 4_000)) {
        far.write(piece);
        if (piece.length % 3 === 0) await new Promise(setImmediate);
      }
      far.end();
      check((await reading).equals(input.subarray(0, CELL)), 'another cell');
    } finally {
      near.destroy();
      far.destroy();
    }
    check(input.length >= CELL, 'a cell of fewer bytes');
  },
};

const head = (k: number): Buffer => Buffer.from('alice'.padEnd(32, '\0') + String.fromCharCode(k), 'latin1');

const wireTap: Target = {
  name: 'wire tap',
  covers: ['server/relay/wire-tap.ts WireTap'],
  errors: [], inputs: 3_000, max: 20_000,
  seeds: [Buffer.concat([head(1), Buffer.alloc(CELL - 33, 1), head(2), Buffer.alloc(2 * CELL - 33, 1)])],
  run(input) {
    const logged = (cut: readonly Buffer[]) => {
      const lines: string[] = [];
      const tap = new WireTap((event, fields = {}) => lines.push(jsonLine(event, fields, '')));
      for (const piece of cut) tap.push(piece);
      return lines;
    };
    const whole = logged([input]);
    check(logged(pieces(input, 200)).join('\n') === whole.join('\n'), 'cut, it is another');
    return `${whole.length} lines`;
  },
};

export const streamTargets: readonly Target[] = [endToEnd, connection, handshake, wireTap];
