import { type Test, test } from 'tap';
import { type Suite, suites, x25519Suite } from '../../common/crypto/suite.js';
import { watchSealing } from '../../common/crypto/node.js';
import { clientCommands, serverCommands } from '../../common/wire/commands.js';
import { contentMax } from '../../common/wire/end-to-end.js';
import { UNRECEIPTED_MAX } from '../../common/wire/limits.js';
import { CELL } from '../support/attacker/cells.js';
import { countOf, formsOf } from '../support/plaintext-search.js';
import type { Actor } from '../support/scene.js';
import { type Capture, recordsOf, WatchedScene } from '../support/watched-session.js';
import { until } from '../support/until.js';

/** Of a record of part 3: name, counter and k are in clear. */
const HEADER = 33;
const LONG = contentMax(1);
const BOB = ['bob\0\0\0', '\x03bob\0\0'];
const shapes = ({ passages }: Capture): string[] => passages.map(({ shape }) => shape);

/** The one and the other in turn; each text is confirmed before the next is said. */
const inTurn = (texts: readonly string[]) => async (alice: Actor, bob: Actor, second: () => void): Promise<void> => {
  for (const [n, text] of texts.entries()) {
    const [from, to] = n % 2 === 0 ? [alice, bob] : [bob, alice];
    from.do({ do: 'say', with: to.name, text });
    await to.next('message', (event) => event.text === text);
    second();
    await from.next('delivered');
  }
};

async function sizes(t: Test, suite: Suite, lengths: readonly number[]): Promise<string[][]> {
  const stage = await WatchedScene.open(t);
  const seen: string[][] = [];
  for (const length of lengths) {
    const texts = Array.from({ length: 6 }, (_, n) => `${n}`.padEnd(length, 'x'));
    const capture = await stage.session(inTurn(texts), { suites: [suite] });
    for (const flow of capture.flows) t.ok(flow.length > 8 * CELL && flow.length % CELL === 0, `${flow.length} bytes`);
    seen.push(shapes(capture));
  }
  return seen;
}

for (const suite of suites) {
  test(`B9: a session with short texts and one with long ones look the same (${suite.name})`, async (t) => {
    const [short, long] = await sizes(t, suite, [1, LONG]);
    t.same(short, long);
    t.ok(short!.every((shape) => shape.startsWith('><><')), 'M1, M2, M3, M4');
  });
}

test('B9: texts of one byte more than fit in a cell do not: what is compared above can differ', async (t) => {
  const [short, longer] = await sizes(t, x25519Suite, [1, LONG + 1]);
  t.notSame(short, longer);
});

/** Everything that is sealed, in both layers, by anybody in this process. */
function plaintexts(t: Test): Buffer[] {
  const sealed: Buffer[] = [];
  watchSealing(({ plaintext }) => void sealed.push(Buffer.from(plaintext)));
  t.teardown(() => watchSealing(undefined));
  return sealed;
}

test('B9: nothing that was said, and no command, is in a capture', async (t) => {
  const sealed = plaintexts(t);
  const stage = await WatchedScene.open(t);
  const texts = ['the treasure is under the oak', 'grüße aus Zürich, bis später', 'not before noon', 'dig there'];
  const { passages: [ofAlice, ofBob], flows } = await stage.session(inTurn(texts), { suites: [x25519Suite] });
  const capture = Buffer.concat(flows.map(({ came }) => came));
  const plain = Buffer.concat(sealed);

  for (const text of [...texts, 'CHAT IS SECURE!', 'User Login Complete!', 'MessageAppV2']) {
    for (const [form, bytes] of formsOf(text)) t.equal(countOf(capture, bytes), 0, `${text} in ${form}`);
  }
  for (const text of texts) t.ok(countOf(plain, Buffer.from(text)) > 0, `${text} was sealed: there it is found`);

  // Four letters alone come by chance in one capture of 10,000; with the two zeros that begin every length, in none.
  const commands = new Set([...Object.keys(clientCommands), ...Object.keys(serverCommands)]);
  const used = [...commands].filter((command) => countOf(plain, Buffer.from(`${command}\0\0`)) > 0);
  const due = ['acpt', 'call', 'chat', 'exch', 'exit', 'frwd', 'list', 'pubk', 'reqt', 'welc'];
  t.same(due.filter((each) => !used.includes(each)), [], 'all of these were sealed');
  for (const command of commands) t.equal(countOf(capture, Buffer.from(`${command}\0\0`)), 0, command);

  t.equal(ofAlice.toServer.came.toString('latin1', 9, 14), 'alice', 'the name in M1 is in clear');
  // Three letters alone come by chance as well: bob's name is looked for as it stands in a payload.
  for (const [passage, own, peer] of [[ofAlice, 'alice', BOB], [ofBob, 'bob', ['alice']]] as const) {
    for (const [{ came }, handshake] of [[passage.toServer, 2], [passage.toClient, 1]] as const) {
      const records = recordsOf(came, handshake);
      const inHeaders = records.filter((record) => record.toString('latin1', 0, 16) === own.padEnd(16, '\0')).length;
      t.equal(inHeaders, records.length);
      const behindHeaders = records.map((record) => record.subarray(HEADER));
      const elsewhere = Buffer.concat([came.subarray(0, handshake * CELL), ...behindHeaders]);
      if (own === 'alice') t.equal(countOf(elsewhere, Buffer.from(own)), handshake - 1, 'in M1, and nowhere else');
      for (const name of peer) t.equal(countOf(came, Buffer.from(name)), 0, `${JSON.stringify(name)} to ${own}`);
    }
  }
  for (const name of [...BOB, 'alice']) t.ok(countOf(plain, Buffer.from(name)) > 0, `${JSON.stringify(name)} as well`);
});

/** How many of the blocks of 16 bytes, and of the whole pieces, came before. */
function repeated(pieces: readonly Buffer[]): { blocks: number; pieces: number; of: number } {
  const [blocks, whole] = [new Set<string>(), new Set<string>()];
  let count = 0;
  for (const piece of pieces) {
    whole.add(piece.toString('latin1'));
    for (let at = 0; at + 16 <= piece.length; at += 16, count += 1) blocks.add(piece.toString('latin1', at, at + 16));
  }
  return { blocks: count - blocks.size, pieces: pieces.length - whole.size, of: count };
}

test('B9: the same text a hundred times, in two sessions: no bytes come twice', async (t) => {
  const sealed = plaintexts(t);
  const stage = await WatchedScene.open(t);
  const again = async (alice: Actor, bob: Actor, second: () => void) => {
    for (let n = 0; n < 100; n += 1) alice.do({ do: 'say', with: 'bob', text: 'the same text each time' });
    for (const shown of [UNRECEIPTED_MAX, 100]) {
      await until(`${shown} texts`, () => bob.count('message') === shown);
      second();
      await until(`${shown} receipts`, () => alice.count('delivered') === shown);
    }
  };
  const options = { suites: [x25519Suite] };
  const captures = [await stage.session(again, options), await stage.session(again, options)];
  const flows = captures.flatMap((capture) => capture.flows.map(({ came }) => came));
  const records = flows.flatMap((came, at) => recordsOf(came, at % 2 === 0 ? 2 : 1));
  const opaque = records.map((record) => record.subarray(HEADER));
  const seen = repeated(opaque);
  t.same([seen.blocks, seen.pieces], [0, 0], `${seen.of} blocks of ${records.length} records`);
  t.ok(seen.of > 4 * 100 * (CELL / 16), 'both ways through the relay, twice');
  const cells = flows.flatMap((bytes) =>
    Array.from({ length: bytes.length / CELL }, (_, n) => bytes.subarray(n * CELL, (n + 1) * CELL)));
  t.equal(repeated(cells).pieces, 0, 'nor does a whole cell, those of the handshake among them');

  t.ok(repeated(sealed).pieces >= 200, 'of what was sealed, nearly all does');
  t.equal(repeated([...opaque, opaque[7]!]).pieces, 1, 'and one that is repeated is seen');
});
