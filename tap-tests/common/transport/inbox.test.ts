import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'tap';
import { RecordSealer } from '../../../common/crypto/record-key.js';
import { Secret } from '../../../common/crypto/secret.js';
import { Inbox } from '../../../common/transport/inbox.js';
import { clientCommands } from '../../../common/wire/commands.js';
import { CELL, RECORDS_PER_KEY } from '../../../common/wire/limits.js';
import { packMessages, recordCapacity, type RawMessage } from '../../../common/wire/record.js';

const key = () => new Secret(Buffer.alloc(32, 7));
const inbox = (counter = 0n) => new Inbox('alice', key(), clientCommands, counter);
const sealer = (counter = 0n) => new RecordSealer('alice', key(), counter);
const say = (text: string, more = 0): RawMessage => ({ command: 'ping', payload: Buffer.concat([Buffer.from(text), Buffer.alloc(more)]) });
const record = (by: RecordSealer, ...messages: RawMessage[]) => Buffer.concat(by.seal(packMessages(messages)));

/** Everything that can be opened, and the fault that came, as lines. */
function feed(into: Inbox<string>, chunks: readonly Buffer[]): string[] {
  const events: string[] = [];
  try {
    for (const chunk of chunks) {
      into.push(chunk);
      for (let messages = into.next(); messages; messages = into.next()) {
        events.push(messages.map(({ command, payload }) => `${command} ${payload.toString('latin1').replace(/\0+/g, '')}`).join('+'));
      }
    }
  } catch (fault) {
    events.push((fault as { code: string }).code);
  }
  return events;
}

function threeRecords(): Buffer {
  const by = sealer();
  return Buffer.concat([record(by, say('one')), record(by, say('two'), say('three')), record(by, say('four', 5_000))]);
}

test('cut in two at every byte: the same events', async (t) => {
  const bytes = threeRecords();
  const expected = ['ping one', 'ping two+ping three', 'ping four'];
  t.same(feed(inbox(), [bytes]), expected, 'all in one');
  const different: number[] = [];
  for (let at = 1; at < bytes.length; at++) {
    const got = feed(inbox(), [bytes.subarray(0, at), bytes.subarray(at)]);
    if (got.join() !== expected.join()) different.push(at);
  }
  t.same(different, []);
});

test('in pieces of every small size, and byte by byte', async (t) => {
  const bytes = threeRecords();
  for (const size of [1, 2, 3, 5, 16, 31, 32, 33, 34, 49, 4095, 4097]) {
    const into = inbox();
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
    t.same(feed(into, pieces), ['ping one', 'ping two+ping three', 'ping four'], `${size}`);
    t.notOk(into.partial);
    t.equal(into.waitingCells, 0);
  }
});

test('an empty chunk is nothing', async (t) => {
  const into = inbox();
  t.same(feed(into, [Buffer.alloc(0), threeRecords().subarray(0, CELL), Buffer.alloc(0)]), ['ping one']);
});

test('50 records in one piece wait unopened, and are counted', async (t) => {
  const by = sealer();
  const into = inbox();
  into.push(Buffer.concat(Array.from({ length: 50 }, (_, n) => record(by, say(`${n}`)))));
  t.equal(into.waitingCells, 50);
  for (let n = 0; n < 50; n++) {
    t.ok(into.ready);
    t.equal(into.next()?.[0]?.payload.toString(), `${n}`);
  }
  t.notOk(into.ready);
  t.equal(into.next(), undefined);
  t.equal(into.waitingCells, 0);
});

test('what is announced counts before it is there', async (t) => {
  const whole = record(sealer(), say('long', 60_000));
  const into = inbox();
  into.push(whole.subarray(0, 32));
  t.equal(into.waitingCells, 0);
  t.ok(into.partial, 'inside of a header');
  into.push(whole.subarray(32, 33));
  t.equal(into.waitingCells, 15);
  t.ok(into.partial);
  t.notOk(into.ready);
  into.push(whole.subarray(33));
  t.notOk(into.partial);
  t.ok(into.ready);
});

test('headers that lie are refused before anything behind them is kept', async (t) => {
  const whole = record(sealer(), say('x'));
  const lies: [string, (bytes: Buffer) => void][] = [
    ['k = 0', (bytes) => bytes.writeUInt8(0, 32)], ['k = 17', (bytes) => bytes.writeUInt8(17, 32)], ['k = 255', (bytes) => bytes.writeUInt8(255, 32)],
    ['another name', (bytes) => bytes.write('alicf')], ['a longer name', (bytes) => bytes.write('alice2')], ['a name in capitals', (bytes) => bytes.write('Alice')],
    ['a counter ahead', (bytes) => bytes.writeUInt8(1, 16)], ['a counter beyond 2^64', (bytes) => bytes.writeUInt8(1, 31)],
  ];
  for (const [name, lie] of lies) {
    const bytes = Buffer.from(whole);
    lie(bytes);
    for (const cut of [33, 34, CELL]) t.same(feed(inbox(), [bytes.subarray(0, cut)]), ['bad-record'], `${name}, ${cut} bytes`);
    t.same(feed(inbox(), [...bytes.subarray(0, 33)].map((byte) => Buffer.from([byte]))), ['bad-record'], `${name}, byte by byte`);
  }
});

test('behind records that wait unopened a header is looked at before it is kept, too', async (t) => {
  const by = sealer();
  const [first, second, third] = [record(by, say('1')), record(by, say('2')), record(by, say('3'))];
  for (const [wrong, start] of [['the same again', second], ['one left out', record(by, say('4'))]] as const) {
    const into = inbox();
    into.push(Buffer.concat([first, second]));
    t.throws(() => into.push(start.subarray(0, 33)), { code: 'bad-record' }, wrong);
  }
  const into = inbox();
  into.push(Buffer.concat([first, second]));
  into.push(third.subarray(0, 33));
  t.equal(into.waitingCells, 3);
});

test('a true header with another k: the tag says so', async (t) => {
  const two = record(sealer(), say('x', 5_000));
  const shorter = Buffer.from(two.subarray(0, CELL));
  shorter.writeUInt8(1, 32);
  t.same(feed(inbox(), [shorter]), ['bad-record']);
});

test('a record twice, left out, swapped, of another key, sent back', async (t) => {
  const by = sealer();
  const [one, two] = [record(by, say('1')), record(by, say('2'))];
  t.same(feed(inbox(), [one, one]), ['ping 1', 'bad-record']);
  t.same(feed(inbox(), [two]), ['bad-record']);
  t.same(feed(inbox(), [two, one]), ['bad-record']);
  const other = new RecordSealer('alice', new Secret(Buffer.alloc(32, 8)));
  t.same(feed(inbox(), [record(other, say('1'))]), ['bad-record'], 'the key of the other direction');
});

test('a plaintext that is none', async (t) => {
  t.same(feed(inbox(), [Buffer.concat(sealer().seal(Buffer.alloc(recordCapacity(1))))]), ['malformed']);
});

test('B2: counters around 2^20, 2^32, 2^53 and 2^64 go on, over the change of the key', async (t) => {
  for (const start of [RECORDS_PER_KEY - 25n, 2n ** 32n - 2n, 2n ** 53n - 2n, 2n ** 64n - 2n]) {
    const by = sealer(start);
    const bytes = Buffer.concat(Array.from({ length: 50 }, (_, n) => record(by, say(`${n}`))));
    const cuts = Array.from({ length: Math.ceil(bytes.length / 1_000) }, (_, n) => bytes.subarray(n * 1_000, (n + 1) * 1_000));
    t.same(feed(inbox(start), cuts), Array.from({ length: 50 }, (_, n) => `ping ${n}`), `${start}`);
    t.same(feed(inbox(start - 1n), [bytes]), ['bad-record'], 'one too early');
  }
});

test('the memory of a chunk is used again: what waits is not in it, however the bytes were cut', async (t) => {
  const bytes = threeRecords();
  const lost: number[] = [];
  for (let at = 1; at < bytes.length; at += 7) {
    const into = inbox();
    for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) {
      const chunk = Buffer.from(piece);
      into.push(chunk);
      chunk.fill(0xee);
    }
    if (feed(into, [Buffer.alloc(0)]).join() !== 'ping one,ping two+ping three,ping four') lost.push(at);
  }
  t.same(lost, []);
});

test('what is whole is opened where it lies, before a fault behind it is told', async (t) => {
  const into = inbox();
  const opened: string[] = [];
  const open = () => void opened.push(into.next()![0]!.payload.toString());
  const bytes = Buffer.concat([record(sealer(), say('first')), Buffer.alloc(CELL, 1)]);
  t.throws(() => into.push(bytes, open), { code: 'bad-record' });
  t.same(opened, ['first']);
});

test('where the work on one record fails, what waits behind it is kept all the same', async (t) => {
  const by = sealer();
  const chunk = Buffer.concat([record(by, say('one')), record(by, say('two'))]);
  const into = inbox();
  t.throws(() => into.push(chunk, () => {
    into.next();
    throw new Error('the work');
  }), /the work/);
  chunk.fill(0xee);
  t.equal(into.next()?.[0]?.payload.toString(), 'two');
});

test('wiped: nothing waits, and nothing opens', async (t) => {
  const into = inbox();
  into.push(threeRecords());
  into.wipe();
  t.equal(into.waitingCells, 0);
  t.equal(into.next(), undefined);
});

test('a record that comes byte by byte costs no more memory than one that comes whole', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const whole = record(sealer(), say('x', recordCapacity(16) - 100));
  const into = inbox();
  const used = () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  for (let at = 0; at < whole.length - 1; at++) into.push(Buffer.from(whole.subarray(at, at + 1)));
  const grown = used() - before;
  t.ok(grown < 1024 * 1024, `${grown} bytes for a record of ${whole.length}`);
  into.push(whole.subarray(-1));
  t.equal(into.next()?.[0]?.command, 'ping');
});
