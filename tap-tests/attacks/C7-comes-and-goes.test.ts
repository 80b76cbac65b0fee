import { setTimeout as sleep } from 'node:timers/promises';
import { test, type Test } from 'tap';
import { action } from '../support/attacker/room-change.js';
import { roomKind, toAll } from '../support/attacker/room-commands.js';
import { login } from '../support/attacker/login.js';
import type { RoomMember } from '../support/attacker/room-member.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { textsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const FOR_MS = 2_200;
const EVERY_MS = 100;

/** alice and bob talk while somebody else does something ten times a second, by the clock of the wall. */
async function under(t: Test, room: AttackedRoom, worstMs: number, attack: (turn: number) => void | Promise<void>): Promise<void> {
  const talkers = room.actors.slice(0, 2);
  const said = new Map<string, number>();
  const took: number[] = [];
  const look = setInterval(() => {
    for (const [text, at] of said) {
      if (!talkers.some((each) => textsOf(each).includes(text))) continue;
      took.push(performance.now() - at);
      said.delete(text);
    }
  }, 5);
  t.teardown(() => clearInterval(look));
  const due: string[] = [];
  for (let turn = 0; turn < FOR_MS / EVERY_MS; turn += 1) {
    await attack(turn);
    for (const each of talkers) {
      each.do({ do: 'say', room: ROOM, text: `${turn}` });
      due.push(`${each.name}: ${turn}`);
      said.set(due.at(-1)!, performance.now());
    }
    await sleep(EVERY_MS);
  }
  await until(`all of ${due.length} texts`, () => said.size === 0, worstMs)
    .catch((error: Error) => t.fail(`${error.message}: not ${[...said.keys()]}`));
  t.ok(Math.max(...took) < worstMs, `${due.length} texts, the slowest took ${Math.round(Math.max(...took))} ms`);
  for (const [reader, sender] of [talkers, [...talkers].reverse()]) {
    const read = textsOf(reader!).filter((text) => text.startsWith(`${sender!.name}: `));
    t.same(read, due.filter((text) => text.startsWith(`${sender!.name}: `)), `${reader!.name} has each text of ${sender!.name}, once and in order`);
  }
  const out = talkers.flatMap((each) => each.events.filter(({ event }) => event === 'left' || event === 'lost'));
  t.same(out, []);
}

/** The clocks are real; a relay that has not been made patient would refuse more than 20 changes in 10 s. */
const open = (t: Test) => AttackedRoom.open(t, { others: ['user3', 'user4'], speed: 1 });

async function pair(room: AttackedRoom): Promise<[RoomMember, RoomMember]> {
  const [user3, user4] = [await room.infiltrate('user3'), await room.come('user4')];
  user3.ask(['user4']);
  await until('the key of user4', () => user3.keys.has('user4'));
  return [user3, user4];
}

test('C7: an accomplice invites, and the other joins and leaves, ten times a second', { timeout: 30_000 }, async (t) => {
  const room = await open(t);
  const [user3, user4] = await pair(room);
  const changes = user3.changes.length;
  await under(t, room, 5_000, () => {
    if (!user3.names.includes('user4')) user3.change(action.add, 'user4');
    else if (!user4.present.includes('user4')) user4.join(0);
    else if (user4.names.includes('user4')) user4.leave();
  });
  t.ok(user3.changes.length > changes + 5, `${user3.changes.length - changes} changes`);
});

test('C7: a member connects and is cut, ten times a second', { timeout: 30_000 }, async (t) => {
  const room = await open(t);
  const user3 = await room.infiltrate('user3');
  const target = { host: '127.0.0.1', port: room.port };
  let line = user3.session.line;
  await under(t, room, 5_000, async () => {
    line.cut();
    const session = await login(target, 'user3', { person: user3.person });
    const member = room.crowd.take(session, user3.person);
    member.join();
    line = session.line;
  });
});

test('C7: asks and starts without end, within the rate', { timeout: 30_000 }, async (t) => {
  const room = await open(t);
  const user3 = await room.infiltrate('user3');
  user3.answers = false;
  user3.faults = { withholds: [roomKind.commitments, roomKind.share] };
  await under(t, room, 5_000, () => {
    for (let n = 0; n < 10; n += 1) {
      user3.lead(['alice', 'bob', 'user3']);
      user3.session.say(toAll(ROOM, roomKind.ask, Buffer.alloc(0)));
    }
  });
});

test('C7: a member that is silent in every round, and parts and enters ten times a second', { timeout: 30_000 }, async (t) => {
  const room = await open(t);
  const user3 = await room.infiltrate('user3');
  user3.answers = false;
  await under(t, room, 5_000, (turn) => (turn % 2 ? user3.join() : user3.part()));
});
