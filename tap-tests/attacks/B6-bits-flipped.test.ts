import { test } from 'tap';
import { ReceivingChain, SendingChain } from '../../common/crypto/ratchet.js';
import { RecordOpener, RecordSealer } from '../../common/crypto/record-key.js';
import { Secret } from '../../common/crypto/secret.js';
import { MessageAppError } from '../../common/errors.js';
import { Inbox } from '../../common/transport/inbox.js';
import { clientCommands } from '../../common/wire/commands.js';
import { SEALED_HEADER } from '../../common/wire/end-to-end.js';
import { packMessages, RECORD_HEADER } from '../../common/wire/record.js';
import { conversationPair } from '../support/conversation-pair.js';
import { until } from '../support/until.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { bitsFlipped } from './live/B6-bits-flipped.js';

const key = () => new Secret(Buffer.alloc(32, 7));

function flipped(record: Buffer, bit: number): Buffer {
  const copy = Buffer.from(record);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

/** Every bit of the header with its tag, and one of every 7 behind it, the last ones among them. */
function bitsOf(record: Buffer, header: number): number[] {
  const bits = Array.from({ length: header * 8 }, (_, bit) => bit);
  for (let bit = header * 8; bit < record.length * 8; bit += 7) bits.push(bit);
  return [...bits, record.length * 8 - 1];
}

test('B6: a record of the outer layer', async (t) => {
  const packed = packMessages([{ command: 'frwd', payload: Buffer.alloc(500, 0x61) }]);
  const record = Buffer.concat(new RecordSealer('alice', key()).seal(packed));
  const taken = (bytes: Buffer): string => {
    const inbox = new Inbox('alice', key(), clientCommands);
    try {
      inbox.push(bytes);
      return inbox.next() ? 'TAKEN' : 'waits for more';
    } catch (error) {
      return error instanceof MessageAppError ? error.code : `${error}`;
    }
  };
  const outcomes = new Set(bitsOf(record, RECORD_HEADER).map((bit) => `${taken(flipped(record, bit))}${bit >= 256 && bit < 264 ? ' (k)' : ''}`));
  t.same([...outcomes].sort(), ['bad-record', 'bad-record (k)', 'waits for more (k)'], 'another k waits for cells that never verify');
  t.equal(taken(record), 'TAKEN');

  const opener = new RecordOpener('alice', key());
  t.notOk(bitsOf(record, RECORD_HEADER).some((bit) => opener.open(flipped(record, bit))), 'the opener by itself');
});

test('B6: a record between peers', async (t) => {
  const record = new SendingChain(key()).seal('text', Buffer.from('pay bob 100'), 1_700_000_000_000);
  const receiving = new ReceivingChain(key());
  const taken = bitsOf(record, SEALED_HEADER).filter((bit) => receiving.open(flipped(record, bit)) !== undefined);
  t.same(taken, []);
  t.equal(receiving.open(record)?.content.toString(), 'pay bob 100', 'and none of them changed anything');
});

test('B6: one bit ends a conversation with a warning, and shows nothing', async (t) => {
  const places = [0, 12 * 8, 28 * 8, 35 * 8, 36 * 8, 51 * 8 + 7, 52 * 8, 60 * 8, 4029 * 8 + 7];
  for (const bit of places) {
    const pair = conversationPair();
    await until('open', () => pair.alice.conversation.open && pair.bob.conversation.open);
    pair.options.relay = (payload, from) => (from === 'alice' ? [Buffer.concat([payload.subarray(0, 9), flipped(payload.subarray(9), bit)])] : [payload]);
    pair.alice.conversation.say({ id: '1', bytes: Buffer.from('pay bob 100') });
    await until(`the end, bit ${bit}`, () => pair.bob.ended !== undefined);
    t.match(pair.bob.ended, { reason: 'tampered', by: 'me' });
    t.notOk(pair.bob.told.some((line) => line.startsWith('text')));
  }
});

test('B6: from outside, every bit of a header and a tag', async (t) => {
  await withstands(t, bitsFlipped, fieldOf(t, await TestServer.start(t)));
});
