import { test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import { change, drop, type Edit, flip, insert, repeat, swap } from '../support/attacker/edits.js';
import { Proxy } from '../support/attacker/proxy.js';
import { told } from '../support/corrupt-scene.js';
import { connect, Scene } from '../support/scene.js';
import { until } from '../support/until.js';

// Somebody on the way between alice and an honest relay; each text is one record of one cell.

const CELL = 4096;

/** What is done to the records of three texts, the first of which begins at `at`, and which of them are shown. */
const faults: Record<string, readonly [edit: (at: number) => Edit, shown: readonly string[]]> = {
  'the first dropped': [(at) => drop(at), []],
  'the second dropped': [(at) => drop(at + CELL), ['1']],
  'the first two swapped': [(at) => swap(at), []],
  'the last two swapped': [(at) => swap(at + CELL), ['1']],
  'the first doubled': [(at) => repeat(at), ['1']],
  'the last doubled': [(at) => repeat(at + 2 * CELL), ['1', '2', '3']],
  'a cell of zeros behind the first': [(at) => insert(at + CELL, Buffer.alloc(CELL)), ['1']],
  'a byte dropped': [(at) => drop(at + CELL + 100, 1), ['1']],
  'a byte too many': [(at) => insert(at + CELL, Buffer.alloc(1)), ['1']],
  'the name changed': [(at) => flip(at + CELL), ['1']],
  'the counter changed': [(at) => flip(at + CELL + 16), ['1']],
  'the number of cells changed': [(at) => change(at + CELL + 32, 1, () => Buffer.from([17])), ['1']],
  'the tag changed': [(at) => flip(at + CELL + 40), ['1']],
  'the last byte changed': [(at) => flip(at + 2 * CELL - 1), ['1']],
};

for (const direction of ['toServer', 'toClient'] as const) {
  const way = direction === 'toServer' ? 'to' : 'from';
  test(`B4: records of a connection ${way} the relay, spoilt on the way, end it`, async (t) => {
    const scene = await Scene.open(t.testdir(), { server: { limits: { poolKeys: 0 } } });
    const proxy = await Proxy.open({ host: '127.0.0.1', port: scene.server.port });
    t.teardown(async () => {
      await scene.close();
      await proxy.close();
    });
    for (const [name, [edit, shown]] of Object.entries(faults)) {
      const alice = await scene.logIn('alice', { dial: () => dial('127.0.0.1', proxy.port) });
      const bob = await scene.logIn('bob');
      await connect(alice, bob);
      const flow = proxy.last[direction];
      const [from, to] = direction === 'toServer' ? [alice, bob] : [bob, alice];
      alice.do({ do: 'list' });
      await alice.next('users');
      const at = flow.length;
      flow.plan(edit(at));
      for (const text of ['1', '2', '3']) {
        const before = flow.length;
        from.do({ do: 'say', with: to.name, text, id: text });
        await until('its record', () => flow.length === before + CELL || alice.count('lost') > 0);
      }
      const lost = alice.next('lost');
      await Promise.all([lost, bob.next('left')]);
      alice.do({ do: 'exit' });
      bob.do({ do: 'exit' });
      await Promise.all([alice.next('closed'), bob.next('closed')]);
      const heard = told(to).filter((line) => line.startsWith('message'));
      t.same(heard, shown.map((text) => `message ${from.name} ${text}`), name);
      t.equal(told(alice).filter((line) => /^left bob disconnected by relay/.test(line)).length, 1, `${name}: alice`);
      t.equal(told(bob).filter((line) => /^left alice disconnected by relay/.test(line)).length, 1, `${name}: bob`);
      t.notOk([...told(alice), ...told(bob)].some((line) => line.startsWith('warning')), 'no peer is blamed');
    }
  });
}
