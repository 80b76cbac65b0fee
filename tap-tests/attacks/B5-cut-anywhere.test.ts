import { type Test, test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import type { Event } from '../../client/engine/protocol.js';
import { cell, cut } from '../support/attacker/edits.js';
import { type Passage, Proxy } from '../support/attacker/proxy.js';
import { heldClock, told } from '../support/corrupt-scene.js';
import { type Actor, Scene } from '../support/scene.js';
import { until } from '../support/until.js';

const CELL = 4096;

interface Run {
  readonly alice: Actor;
  readonly bob: Actor;
  readonly passage: Passage;
  /** Where the record of alice's goodbye begins, in cells, if she came to say one. */
  readonly goodbye: number | undefined;
}

/** A login, a call, a text each way, a goodbye and an exit, each step the answer to the last, as far as it goes. */
async function scripted(scene: Scene, proxy: Proxy): Promise<Run> {
  const clock = heldClock();
  const bob = await scene.logIn('bob', { clock });
  const alice = await scene.actor('alice', { clock, dial: () => dial('127.0.0.1', proxy.port) });
  let goodbye: number | undefined;
  const say = (from: Actor, to: Actor) => from.do({ do: 'say', with: to.name, text: `of ${from.name}`, id: 'text' });
  const receipts = () => void setImmediate(() => clock.advance(1_000));
  const steps: Record<string, () => void> = {
    'alice ready': () => alice.do({ do: 'chat', with: 'bob' }),
    'bob request': () => bob.do({ do: 'accept', with: 'alice' }),
    'alice chat': () => say(alice, bob),
    'bob message': receipts,
    'alice delivered': () => say(bob, alice),
    'alice message': receipts,
    'bob delivered': () => {
      goodbye = proxy.last.toServer.length / CELL;
      alice.do({ do: 'leave', with: 'bob' });
    },
    'alice left': () => alice.do({ do: 'exit' }),
    'alice lost': () => alice.do({ do: 'exit' }),
  };
  for (const { name, engine } of [alice, bob]) {
    engine.listen(({ event }: Event) => setImmediate(() => steps[`${name} ${event}`]?.()));
  }
  alice.engine.start();
  await alice.next('closed');
  await gone(bob);
  bob.do({ do: 'exit' });
  await bob.next('closed');
  return { alice, bob, passage: proxy.last, goodbye };
}

/** The server knows that alice is not there any more, and bob has heard all that it had to say of her. */
async function gone(bob: Actor): Promise<void> {
  let alone = false;
  bob.engine.listen((event) => {
    if (event.event !== 'users') return;
    alone = event.users.length === 0;
    if (!alone) setImmediate(() => bob.do({ do: 'list' }));
  });
  bob.do({ do: 'list' });
  await until('bob to be alone', () => alone);
}

const lefts = (lines: readonly string[]) => lines.filter((line) => line.startsWith('left'));
/** If at all, it ended once, and so. */
const endsOnce = (lines: readonly string[], how: string) =>
  lefts(lines).length <= 1 && lefts(lines).every((line) => line.startsWith(how));
const opened = (lines: readonly string[]) => lines.some((line) => line.startsWith('chat'));

/** Wherever it was cut. @returns in a few words what both were told in the end */
function check(t: Test, { alice, bob, passage }: Run, farewell: number, where: string): string {
  const [atAlice, atBob] = [told(alice), told(bob)];
  const [ready, leaves] = [atAlice.includes('ready'), atAlice.includes('left bob left by me')];
  const ended = leaves ? 'left bob left by me' : 'left bob disconnected by relay';
  t.ok(endsOnce(atAlice, ended), `${where}: ${atAlice.join('; ')}`);
  t.equal(atAlice.at(-1), ready ? 'closed 0' : 'closed 3', where);
  t.equal(atAlice.includes('lost'), ready && !leaves, `${where}: said to be lost`);

  const arrived = passage.toServer.went.length >= farewell;
  const parted = arrived ? 'left alice left by peer' : 'left alice disconnected by relay';
  t.ok(endsOnce(atBob, parted), `${where}: ${atBob.join('; ')}`);
  t.ok(lefts(atBob).length === 1 || !opened(atBob), `${where}: bob knows that it is over`);
  t.notOk([...atAlice, ...atBob].some((line) => line.startsWith('warning')), where);

  for (const [lines, peer, other] of [[atAlice, 'bob', atBob], [atBob, 'alice', atAlice]] as const) {
    const shown = other.filter((line) => line.startsWith('message')).length;
    const confirmed = lines.includes(`delivered ${peer} text`);
    const open = / un(sent|confirmed) text$/.test(lefts(lines)[0] ?? '');
    t.notOk(confirmed && (shown !== 1 || open), `${where}: what is confirmed was shown`);
    t.ok(shown === 0 || (shown === 1 && (confirmed || open)), `${where}: what was shown is confirmed, or is open`);
  }
  const say = (lines: readonly string[]) =>
    `${opened(lines) ? 'chat, ' : ''}${lefts(lines)[0]?.split(' un')[0] ?? 'nothing'}`;
  return `alice: ${ready ? say(atAlice) : 'no login'}; bob: ${say(atBob)}`;
}

test('B5: cut anywhere in login, exchange and chat, it is a lost connection, never a goodbye', async (t) => {
  const limits = { poolKeys: 0, connectRate: 1_000, connectBurst: 1_000 };
  const scene = await Scene.open(t.testdir(), { server: { limits } });
  let plan: (passage: Passage) => void = () => undefined;
  const proxy = await Proxy.open({ host: '127.0.0.1', port: scene.server.port }, (passage) => plan(passage));
  t.teardown(async () => {
    await scene.close();
    await proxy.close();
  });
  const whole = await scripted(scene, proxy);
  t.same(lefts(told(whole.bob)), ['left alice left by peer'], 'as it is without a cut');
  const goodbye = cell(whole.goodbye!);
  const farewell = goodbye + cell(whole.passage.toServer.came[goodbye + 32]!);

  const outcomes = new Set<string>();
  for (const where of ['toServer', 'toClient'] as const) {
    const cells = whole.passage[where].length / CELL;
    t.ok(cells >= 9, `${cells} cells ${where}`);
    for (let n = 0; n < cells; n += 1) {
      for (const bytes of [0, 2_000]) {
        plan = (passage) => passage[where].plan(cut(cell(n) + bytes));
        outcomes.add(check(t, await scripted(scene, proxy), farewell, `${where} behind ${n} cells and ${bytes} bytes`));
      }
    }
  }
  t.same([...outcomes].sort(), [
    'alice: chat, left bob disconnected by relay; bob: chat, left alice disconnected by relay',
    'alice: chat, left bob disconnected by relay; bob: left alice disconnected by relay',
    'alice: chat, left bob left by me; bob: chat, left alice disconnected by relay',
    'alice: chat, left bob left by me; bob: chat, left alice left by peer',
    'alice: left bob disconnected by relay; bob: left alice disconnected by relay',
    'alice: no login; bob: nothing',
    'alice: nothing; bob: left alice disconnected by relay',
    'alice: nothing; bob: nothing',
  ], 'every stage was met');
});
