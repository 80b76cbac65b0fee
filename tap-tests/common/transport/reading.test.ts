import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { test, type Test } from 'tap';
import { connectReading, feed, takenOver } from '../../../common/transport/reading.js';
import { until } from '../../support/until.js';

const CHUNK = 64 * 1024;

/** A connection on loopback; the one end was taken over from a server, the other was told where to read. */
async function connection(t: Test): Promise<{ taken: Socket; dialled: Socket; accepted: Socket; server: Server }> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  const accepting = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dialled = connectReading({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, noDelay: true });
  const accepted = await accepting;
  const taken = takenOver(accepted);
  for (const socket of [taken, dialled]) socket.on('error', () => undefined);
  t.teardown(() => {
    taken.destroy();
    dialled.destroy();
    server.close();
  });
  return { taken, dialled, accepted, server };
}

/** What came, copied as a taker has to. */
function collector(): { take: (chunk: Buffer) => void; got: () => Buffer } {
  const chunks: Buffer[] = [];
  return { take: (chunk) => void chunks.push(Buffer.from(chunk)), got: () => Buffer.concat(chunks) };
}

const pattern = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, at) => at % 251));

for (const [name, pick] of [
  ['a socket that was taken over', ({ taken, dialled }: Awaited<ReturnType<typeof connection>>) => [taken, dialled] as const],
  ['a socket that has dialled', ({ taken, dialled }: Awaited<ReturnType<typeof connection>>) => [dialled, taken] as const],
] as const) {
  test(`${name}: what came before anybody takes it waits in the stream, and nothing is lost behind it`, async (t) => {
    const [reader, writer] = pick(await connection(t));
    const all = pattern(500_000);
    writer.write(all.subarray(0, 5_000));
    let first: Buffer | null = null;
    reader.on('readable', () => (first ??= reader.read(4096) as Buffer | null));
    await until('the first cell', () => first !== null);
    reader.removeAllListeners('readable');
    const { take, got } = collector();
    writer.write(all.subarray(5_000));
    feed(reader, take);
    await until('all', () => got().length === all.length - 4096);
    t.same(first, all.subarray(0, 4096));
    t.ok(got().equals(all.subarray(4096)));
  });

  test(`${name}: all chunks lie in one place`, async (t) => {
    const [reader, writer] = pick(await connection(t));
    const places = new Set<ArrayBufferLike>();
    let chunks = 0;
    feed(reader, ({ buffer }) => {
      chunks++;
      places.add(buffer);
    });
    for (let round = 1; round <= 5; round++) {
      writer.write(pattern(10));
      await until(`chunk ${round}`, () => chunks === round);
    }
    t.equal(places.size, 1);
  });

  test(`${name}: held, it reads no more than what was on its way`, async (t) => {
    const [reader, writer] = pick(await connection(t));
    let bytes = 0;
    feed(reader, (chunk) => {
      bytes += chunk.length;
      reader.pause();
    });
    const all = 20 * CHUNK;
    writer.write(pattern(all));
    await until('a chunk', () => bytes > 0);
    // Each of these would bring one, if it read on.
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
    t.ok(bytes <= 2 * CHUNK, `${bytes} bytes`);
    while (bytes < all) {
      const before = bytes;
      reader.resume();
      await until('one more chunk', () => bytes > before);
    }
    t.equal(bytes, all);
  });

  test(`${name}: held by what had waited in the stream, it does not read on either`, async (t) => {
    const [reader, writer] = pick(await connection(t));
    writer.write(pattern(5_000));
    let waits = false;
    reader.once('readable', () => (waits = true));
    await until('something waits', () => waits);
    let bytes = 0;
    feed(reader, (chunk) => {
      // As the relay does it: once, and then it relies on it.
      if (bytes === 0) reader.pause();
      bytes += chunk.length;
    });
    t.equal(bytes, 5_000);
    writer.write(pattern(20 * CHUNK));
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
    t.ok(bytes <= 5_000 + 2 * CHUNK, `${bytes} bytes`);
  });

  test(`${name}: its end and its errors are told as ever`, async (t) => {
    const [reader, writer] = pick(await connection(t));
    const { take, got } = collector();
    feed(reader, take);
    const told: string[] = [];
    for (const event of ['end', 'close'] as const) reader.on(event, () => told.push(event));
    writer.end(pattern(100));
    await until('the end', () => told.length === 2);
    t.same(told, ['end', 'close']);
    t.equal(got().length, 100);
  });
}

test('what is written to a socket that was taken over arrives, and the one it was taken from is gone', async (t) => {
  const { taken, dialled, accepted, server } = await connection(t);
  const { take, got } = collector();
  feed(dialled, take);
  taken.write('hello');
  await until('hello', () => got().toString() === 'hello');
  t.ok(accepted.destroyed);
  t.notOk(taken.destroyed);
  t.same([taken.remoteAddress, taken.remotePort], ['127.0.0.1', dialled.localPort]);
  t.equal(await new Promise((resolve) => server.getConnections((_, count) => resolve(count))), 0);
  taken.destroy();
  await until('the other end', () => dialled.destroyed);
});

test('a socket without a handle is served as it is', async (t) => {
  const socket = new Socket();
  t.equal(takenOver(socket), socket);
  t.notOk(socket.destroyed);
});

test('any other stream is read by its events', async (t) => {
  const stream = new PassThrough();
  const { take, got } = collector();
  stream.write('before ');
  feed(stream, take);
  stream.write('behind');
  await until('both', () => got().length === 13);
  t.equal(got().toString(), 'before behind');
});
