import { test } from 'tap';
import { pack } from '../../../common/transport/packing.js';
import { packMessages, type RawMessage } from '../../../common/wire/record.js';

const turn = () => new Promise(setImmediate);
const message = (command: string, text: string): RawMessage => ({ command, payload: Buffer.from(text) });

test('messages are packed as in a place of their own, whatever was there before', async (t) => {
  const long = [message('frwd', 'x'.repeat(20_000)), message('ping', '')];
  for (const messages of [long, [message('ping', 'short')], [message('frwd', 'y'.repeat(5_000))], [message('exit', '')], long]) {
    t.same(Buffer.from(pack(messages)), packMessages(messages));
  }
});

test('the same messages are packed once in a turn, and others are not taken for them', async (t) => {
  const [one, other] = [message('frwd', 'one'), message('frwd', 'two')];
  const first = pack([one]);
  t.equal(pack([{ ...one }]), first, 'for the next receiver');
  for (const messages of [[other], [one], [{ ...one, command: 'room' }], [one, one], [one]]) {
    t.same(Buffer.from(pack(messages)), packMessages(messages));
  }
});

test('a list that its owner uses again is not taken for what it was', async (t) => {
  const [one, other] = [message('frwd', 'one'), message('frwd', 'two')];
  const queue = [one];
  pack(queue);
  queue.splice(0, 1, other);
  t.same(Buffer.from(pack([other])), packMessages([other]));
});

test('behind its turn nothing of it is left, and a payload that was changed is packed anew', async (t) => {
  const changing = message('frwd', 'before');
  const plaintext = pack([changing]);
  await turn();
  t.ok(plaintext.every((byte) => byte === 0));
  changing.payload.write('behind');
  t.same(Buffer.from(pack([changing])), packMessages([message('frwd', 'behind')]));
});
