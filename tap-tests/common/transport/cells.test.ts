import { Duplex } from 'node:stream';
import { test } from 'tap';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { CELL } from '../../../common/wire/limits.js';

const never = new AbortController().signal;

/** A stream that a test pushes into. */
function stream(): Duplex {
  return new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
}

const cell = (fill: number) => Buffer.alloc(CELL, fill);

test('a cell that is not whole yet keeps nobody waiting: it is looked at once for each piece', async (t) => {
  const from = stream();
  const read = from.read.bind(from);
  let looks = 0;
  from.read = (size) => {
    if (++looks > 100) throw new Error('looked a hundred times at the same bytes');
    return read(size);
  };
  const reading = readHandshakeCell(from, never);
  from.push(cell(1).subarray(0, 100));
  for (let turns = 0; turns < 10; turns++) await Promise.race([new Promise(setImmediate), reading]);
  t.ok(looks <= 3, `${looks} looks`);
  from.push(cell(1).subarray(100));
  t.same(await reading, cell(1));
});

test('a cell is given however it is cut, and what follows stays in the stream', async (t) => {
  for (const at of [1, 2, 7, 8, 33, 4095]) {
    const from = stream();
    const reading = readHandshakeCell(from, never);
    from.push(cell(1).subarray(0, at));
    await new Promise(setImmediate);
    from.push(Buffer.concat([cell(1).subarray(at), cell(2), Buffer.from('more')]));
    t.same(await reading, cell(1), `cut at ${at}`);
    t.same(await readHandshakeCell(from, never), cell(2));
    t.equal(from.readableLength, 4);
    t.equal(from.listenerCount('readable') + from.listenerCount('error'), 0, 'no listener is left');
  }
});

test('byte by byte', async (t) => {
  const from = stream();
  const reading = readHandshakeCell(from, never);
  for (const byte of cell(3)) from.push(Buffer.from([byte]));
  t.same(await reading, cell(3));
});

test('a stream that ends inside a cell, or without one, has failed', async (t) => {
  for (const length of [0, 1, CELL - 1]) {
    const from = stream();
    const reading = readHandshakeCell(from, never);
    if (length > 0) from.push(cell(1).subarray(0, length));
    from.push(null);
    await t.rejects(reading, { name: 'WireError', code: 'truncated' }, `${length} bytes`);
    await t.rejects(readHandshakeCell(from, never), { code: 'truncated' }, 'and stays so');
  }
});

test('a whole cell before the end is given', async (t) => {
  const from = stream();
  from.push(cell(1));
  from.push(null);
  t.same(await readHandshakeCell(from, never), cell(1));
  await t.rejects(readHandshakeCell(from, never), { code: 'truncated' });
});

test('a stream that is destroyed, with an error and without', async (t) => {
  const quiet = stream();
  const reading = readHandshakeCell(quiet, never);
  quiet.destroy();
  await t.rejects(reading, { code: 'truncated' });
  await t.rejects(readHandshakeCell(quiet, never), { code: 'truncated' });

  const broken = stream();
  const waiting = readHandshakeCell(broken, never);
  broken.on('error', () => undefined);
  broken.destroy(new Error('reset'));
  await t.rejects(waiting, { message: 'reset' });
  await t.rejects(readHandshakeCell(broken, never), { message: 'reset' }, 'the same for who comes late');
});

test('a signal ends the wait with its reason, and the stream goes on', async (t) => {
  const from = stream();
  const abort = new AbortController();
  const reading = readHandshakeCell(from, abort.signal);
  from.push(cell(1).subarray(0, 100));
  abort.abort(new Error('too slow'));
  await t.rejects(reading, { message: 'too slow' });
  await t.rejects(readHandshakeCell(from, abort.signal), { message: 'too slow' }, 'also when it was given before');
  t.equal(from.listenerCount('readable') + from.listenerCount('error') + from.listenerCount('end'), 0);
  from.push(cell(1).subarray(100));
  t.same(await readHandshakeCell(from, never), cell(1));
});
