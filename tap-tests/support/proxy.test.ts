import { createServer, type Server } from 'node:net';
import { type Test, test } from 'tap';
import { cell, change, cut, drop, type Edit, flip, Gate, insert, repeat, swap } from './attacker/edits.js';
import { Line } from './attacker/line.js';
import { type Passage, Proxy } from './attacker/proxy.js';
import { dial } from '../../client/engine/dial.js';
import { Scene } from './scene.js';
import { until } from './until.js';

const CELL = 4096;
const cells = (letters: string): Buffer => Buffer.concat([...letters].map((letter) => Buffer.alloc(CELL, letter)));
/** One letter a cell, as long as all bytes of a cell are the same. */
const letters = (bytes: Buffer): string =>
  Array.from({ length: Math.ceil(bytes.length / CELL) }, (_, n) => {
    const part = bytes.subarray(n * CELL, (n + 1) * CELL);
    return part.every((byte) => byte === part[0]) ? String.fromCharCode(part[0]!) : '?';
  }).join('');

/** A client and a server that only collect, and the proxy between them. */
async function between(t: Test, script?: (passage: Passage) => void) {
  let far: Line | undefined;
  const server: Server = createServer((socket) => (far = new Line(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await Proxy.open({ host: '127.0.0.1', port: (server.address() as { port: number }).port }, script);
  const client = await Line.to({ host: '127.0.0.1', port: proxy.port });
  await until('the connection to the server', () => far !== undefined);
  t.teardown(async () => {
    client.socket.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, server: far!, proxy, passage: proxy.last };
}

test('without a script every byte passes in both directions, is recorded, and so do both ends', async (t) => {
  const { client, server, passage } = await between(t);
  client.write(cells('ab'));
  t.equal(letters((await server.read(2 * CELL))!), 'ab');
  server.write(cells('c').subarray(0, 10));
  server.write(cells('c').subarray(10));
  t.equal(letters((await client.read(CELL))!), 'c');
  client.write(cells('d').subarray(0, 100));
  await server.read(100);
  t.equal(passage.shape, '>><', 'whole cells only');
  t.same([passage.toServer.length, passage.toClient.length], [2 * CELL + 100, CELL]);
  t.ok(passage.toServer.came.equals(passage.toServer.went));
  client.socket.end();
  await server.gone();
  server.socket.end();
  await client.gone();
});

const edits: readonly [name: string, edit: Edit, sent: string, arrives: string][] = [
  ['drop', drop(cell(1)), 'abc', 'ac'],
  ['repeat', repeat(cell(1)), 'abc', 'abbc'],
  ['repeat, three times', repeat(cell(0), CELL, 3), 'ab', 'aaab'],
  ['swap', swap(cell(1)), 'abcd', 'acbd'],
  ['insert', insert(cell(1), cells('x')), 'ab', 'axb'],
  ['insert behind all', insert(cell(2), cells('x')), 'ab', 'abx'],
  ['change', change(cell(0), 2 * CELL, () => cells('z')), 'abc', 'zc'],
  ['flip', flip(cell(1) + 7), 'ab', 'a?'],
];
for (const [name, edit, sent, arrives] of edits) {
  test(`${name}, however the bytes are cut`, async (t) => {
    for (const size of [1_000, CELL, 3 * CELL]) {
      const { client, server, passage } = await between(t, (each) => each.toServer.plan(edit));
      const bytes = cells(sent);
      for (let at = 0; at < bytes.length; at += size) client.write(bytes.subarray(at, at + size));
      t.equal(letters((await server.read(arrives.length * CELL))!), arrives, `${size}`);
      t.ok(passage.toServer.came.equals(bytes), 'the record has what came');
      t.equal(letters(passage.toServer.went), arrives);
    }
  });
}

test('several edits of one direction, none of the other', async (t) => {
  const edits = [swap(cell(2)), drop(cell(0)), flip(cell(1))];
  const { client, server } = await between(t, ({ toClient }) => toClient.plan(...edits));
  client.write(cells('abcd'));
  server.write(cells('abcd'));
  t.equal(letters((await server.read(4 * CELL))!), 'abcd');
  t.equal(letters((await client.read(3 * CELL))!), '?dc');
});

test('cut at an offset: what was before it arrives, to the byte, and both ends are gone', async (t) => {
  for (const at of [0, 1, cell(1), cell(1) + 5]) {
    const { client, server, passage } = await between(t, ({ toServer }) => toServer.plan(cut(at)));
    client.write(cells('ab'));
    await Promise.all([server.gone(), client.gone()]);
    t.equal(server.total, at);
    await until('closed', () => passage.closed);
  }
});

test('a gate holds what is behind it, and the end of the stream', async (t) => {
  const gate = new Gate(cell(1));
  const { client, server } = await between(t, ({ toServer }) => toServer.plan(gate));
  client.write(cells('abc'));
  client.socket.end();
  await until('the gate', () => gate.reached);
  t.equal(letters((await server.read(CELL))!), 'a');
  server.write(cells('x'));
  t.equal(letters((await client.read(CELL))!), 'x', 'the other direction goes on');
  t.same([server.total, server.ended], [CELL, false]);
  gate.open();
  t.equal(letters((await server.read(2 * CELL))!), 'bc');
  await server.gone();
});

test('hold and release at any time', async (t) => {
  const { client, server, passage } = await between(t);
  passage.toServer.hold();
  client.write(cells('a'));
  await until('the cell', () => passage.toServer.length === CELL);
  t.equal(passage.toServer.went.length, 0);
  passage.toServer.release();
  t.equal(letters((await server.read(CELL))!), 'a');
});

test('two real clients chat through it as if it were not there', async (t) => {
  const scene = await Scene.open(t.testdir());
  const proxy = await Proxy.open({ host: '127.0.0.1', port: scene.server.port });
  t.teardown(async () => {
    await scene.close();
    await proxy.close();
  });
  const [alice, bob] = await scene.chat('alice', 'bob', { dial: () => dial('127.0.0.1', proxy.port) });
  alice.do({ do: 'say', with: 'bob', text: 'hello' });
  t.match(await bob.next('message'), { text: 'hello' });
  t.equal(proxy.passages.length, 2);
  for (const { toServer, toClient } of proxy.passages) t.same([toServer.length % CELL, toClient.length % CELL], [0, 0]);
});
