import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { answer, initiate, loginTranscript } from '../../common/crypto/exchange.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { writeCell } from '../../common/wire/cell.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { connectTo, nextBody } from '../support/raw-client.js';
import { TestServer } from '../support/test-server.js';
import { lyingLengths } from './live/E5-lying-lengths.js';
import { splitPoints } from './live/E5-split-points.js';

/** In pieces that leave one by one; between two of them the server has its turn. */
async function inPieces(socket: Socket, bytes: Buffer, ...cuts: readonly number[]): Promise<void> {
  const edges = [0, ...cuts, bytes.length];
  for (const [n, from] of edges.slice(0, -1).entries()) {
    socket.write(bytes.subarray(from, edges[n + 1]));
    await sleep(2);
  }
}

test('E5: M1 and M3 however they are cut', async (t) => {
  const server = await TestServer.start(t);
  const identity = server.keys.get('alice')!;
  for (const cuts of [[1], [5, 6, 7, 8], [9], [2048], [4095], Array.from({ length: 40 }, (_, n) => 100 * (n + 1))]) {
    const socket = await connectTo(server.running);
    socket.setNoDelay(true);
    const { body1, expecting } = initiate(loginTranscript(), 'alice', [x25519Suite]);
    await inPieces(socket, writeCell('M1', body1), ...cuts);
    const own = { identity, certificates: [] };
    const { body3 } = await answer(expecting, await nextBody(socket, 'M2'), own, () => server.identity.public);
    await inPieces(socket, writeCell('M3', body3), ...cuts);
    const welcome = await readHandshakeCell(socket, AbortSignal.timeout(10_000));
    t.equal(welcome.toString('latin1', 0, 6), 'alice\0', `cut at ${cuts.slice(0, 5).join()}`);
    socket.destroy();
    await server.logged('logged-out', server.events('logged-in').length);
  }
});

test('E5: who has said half of a cell keeps nobody else waiting', async (t) => {
  const server = await TestServer.start(t);
  for (const length of [1, 100, 4095]) {
    const socket = await connectTo(server.running);
    t.teardown(() => socket.destroy());
    socket.write(Buffer.alloc(length));
  }
  await sleep(5);
  const { alice } = await server.pair();
  t.same(await alice.settled(), []);
});

for (const attack of [lyingLengths, splitPoints]) {
  test(`E5: from outside, ${attack.title}`, async (t) => {
    await withstands(t, attack, fieldOf(t, await TestServer.start(t)));
  });
}
