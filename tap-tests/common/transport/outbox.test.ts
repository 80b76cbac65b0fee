import { test } from 'tap';
import { Secret } from '../../../common/crypto/secret.js';
import { Inbox } from '../../../common/transport/inbox.js';
import { Outbox } from '../../../common/transport/outbox.js';
import { clientCommands } from '../../../common/wire/commands.js';
import { CELL } from '../../../common/wire/limits.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SlowStream } from '../../support/slow-stream.js';
import { until } from '../../support/until.js';

const key = () => new Secret(Buffer.alloc(32, 7));
const turn = () => new Promise(setImmediate);

function setting() {
  const [stream, clock] = [new SlowStream(), new ManualClock()];
  const headers: Buffer[] = [];
  const outbox = new Outbox(stream, 'alice', key(), clock, (header) => headers.push(header));
  /** The messages of each record that was written, as their first letters. */
  const records = () => {
    const inbox = new Inbox('alice', key(), clientCommands);
    inbox.push(stream.written);
    const all: string[][] = [];
    for (let next = inbox.next(); next; next = inbox.next()) all.push(next.map(({ payload }) => payload.toString('latin1').replace(/_+/, '')));
    return all;
  };
  return { stream, clock, headers, outbox, records, text: (name: string, length = name.length) => Buffer.from(name.padEnd(length, '_'), 'latin1') };
}

test('one message leaves at once, in the smallest record', async (t) => {
  const { stream, outbox, headers, records, text } = setting();
  outbox.add('ping', text('a'));
  t.equal(stream.written.length, 0);
  await turn();
  t.equal(stream.written.length, CELL);
  t.same(records(), [['a']]);
  t.same(headers[0], stream.written.subarray(0, 49));
  t.equal(outbox.cells, 0);
});

test('what is said in one turn goes in one record and one write, in its order', async (t) => {
  const { stream, outbox, records, text } = setting();
  for (const name of ['a', 'b', 'c']) outbox.add('ping', text(name));
  await turn();
  t.same(records(), [['a', 'b', 'c']]);
  t.equal(stream.writes, 1);
  outbox.add('ping', text('d'));
  await turn();
  t.same(records(), [['a', 'b', 'c'], ['d']]);
});

test('a record has 16 cells at most: the rest goes into the next, and nothing overtakes', async (t) => {
  const { outbox, records, headers, text } = setting();
  const lengths = [40_000, 20_000, 6_000, 10, 65_479, 1, 65_470, 1];
  lengths.forEach((length, n) => outbox.add('frwd', text(String.fromCharCode(97 + n), length)));
  await until('all', () => headers.length === 5);
  t.same(records(), [['a', 'b'], ['c', 'd'], ['e'], ['f', 'g'], ['h']]);
  t.same(headers.map((header) => header[32]), [15, 2, 16, 16, 1]);
});

test('while the stream is blocked messages wait unsealed and counted', async (t) => {
  const { stream, clock, outbox, headers, text } = setting();
  stream.block();
  clock.advance(100);
  outbox.add('frwd', text('a', 20_000), 'one');
  await turn();
  t.equal(headers.length, 1);
  t.equal(outbox.blockedSince, 100);
  t.equal(outbox.cells, 5, 'with the stream');
  clock.advance(100);
  outbox.add('frwd', text('b', 5_000), 'one');
  outbox.add('frwd', text('c'), 'other');
  outbox.add('frwd', text('d'));
  await turn();
  t.equal(headers.length, 1, 'nothing more is sealed');
  t.equal(outbox.blockedSince, 100, 'since it began');
  t.equal(outbox.cellsOf('one'), 2);
  t.equal(outbox.cellsOf('other'), 1);
  t.equal(outbox.cellsOf('nobody'), 0);
  t.equal(outbox.cells, 5 + 2 + 1 + 1);
  stream.unblock();
  await until('drained', () => headers.length === 2);
  t.equal(outbox.blockedSince, undefined);
  t.equal(outbox.cells, 0);
  t.equal(outbox.cellsOf('one'), 0);
});

test('what waits for a tag can be forgotten, and leaves no gap', async (t) => {
  const { stream, outbox, records, text } = setting();
  stream.block();
  outbox.add('frwd', text('a', 20_000));
  await turn();
  for (const [name, tag] of [['b', 'one'], ['c', 'other'], ['d', 'one'], ['e', undefined]] as const) outbox.add('frwd', text(name), tag);
  outbox.drop('one');
  outbox.drop('nobody');
  t.equal(outbox.cellsOf('one'), 0);
  t.equal(outbox.cellsOf('other'), 1);
  t.equal(outbox.cells, 5 + 2);
  stream.unblock();
  await until('drained', () => outbox.cells === 0);
  t.same(records(), [['a'], ['c', 'e']]);
});

test('what leaves at the end of its turn never counts for a tag; what is left behind by that turn does', async (t) => {
  const { stream, outbox, text } = setting();
  outbox.add('frwd', text('a', 60_000), 'one');
  t.same([outbox.cells, outbox.cellsOf('one')], [15, 0]);
  await turn();
  stream.block();
  for (let n = 0; n < 3; n++) outbox.add('frwd', text('b', 60_000), 'one');
  await turn();
  t.equal(outbox.cellsOf('one'), 15, 'two of three are with the stream');
  outbox.add('frwd', text('c'), 'one');
  t.equal(outbox.cellsOf('one'), 15 + 1);
  outbox.drop('one');
  t.same([outbox.cellsOf('one'), outbox.cells], [0, 2 * 15]);
  outbox.add('frwd', text('d'), 'one');
  t.equal(outbox.cellsOf('one'), 1);
  stream.unblock();
  await until('drained', () => outbox.cells === 0);
  t.equal(outbox.cellsOf('one'), 0);
});

test('a stream that takes nothing more is told of, once each time', async (t) => {
  const { stream, outbox, text } = setting();
  let told = 0;
  outbox.blocked = () => told++;
  outbox.add('frwd', text('a'));
  await turn();
  t.equal(told, 0, 'what is taken at once is no matter');
  for (const times of [1, 2]) {
    stream.block();
    outbox.add('frwd', text('b', 60_000));
    await turn();
    outbox.add('frwd', text('c'));
    await turn();
    t.equal(told, times);
    stream.unblock();
    await until('drained', () => outbox.cells === 0);
  }
});

test('no more than 64 KiB are sealed ahead', async (t) => {
  const { stream, outbox, headers, text } = setting();
  stream.block();
  for (let n = 0; n < 20; n++) outbox.add('frwd', text('x', 65_000));
  await turn();
  t.equal(headers.length, 1);
  t.equal(outbox.cells, 20 * 16);
  stream.unblock();
  await until('all', () => headers.length === 20);
});

test('flushed waits for all that was said, also behind a blocked stream', async (t) => {
  const { stream, outbox, records, text } = setting();
  stream.block();
  outbox.add('frwd', text('a', 20_000));
  await turn();
  outbox.add('exit', Buffer.alloc(0));
  let done = false;
  const flushed = outbox.flushed().then(() => (done = true));
  await turn();
  t.notOk(done);
  stream.unblock();
  await flushed;
  t.equal(records().length, 2);
  await outbox.flushed();
});

test('flushed comes to an end where the stream is gone', async (t) => {
  const { stream, outbox, text } = setting();
  stream.block();
  outbox.add('frwd', text('a', 20_000));
  await turn();
  outbox.add('frwd', text('b'));
  const flushed = outbox.flushed();
  stream.destroy();
  await t.resolves(flushed);
});

test('wiped: nothing is sent any more, and nothing is counted', async (t) => {
  const { stream, outbox, text } = setting();
  outbox.add('ping', text('a'), 'tag');
  outbox.wipe();
  outbox.add('ping', text('b'), 'tag');
  await turn();
  t.equal(stream.written.length, 0);
  t.equal(outbox.cells, 0);
  t.equal(outbox.cellsOf('tag'), 0);
  t.equal(stream.listenerCount('drain'), 0);
});

test('what waits longer than its turn is a copy, and does not keep the record that brought it', async (t) => {
  const { stream, outbox, records } = setting();
  const record = Buffer.alloc(64 * 1024, '_');
  const view = (name: string) => {
    record.fill('_').write(name, 0);
    return record.subarray(0, 1_000);
  };
  stream.block();
  for (const length of [60_000, 60_000, 60_000]) outbox.add('frwd', Buffer.alloc(length, '_').fill('a', 0, 1));
  outbox.add('frwd', view('b'));
  await turn();
  t.ok(outbox.blockedSince !== undefined);
  outbox.add('frwd', view('c'));
  record.fill('x');
  stream.unblock();
  await until('drained', () => outbox.cells === 0);
  t.same(records(), [['a'], ['a'], ['a', 'b', 'c']]);
});
