import { test } from 'tap';
import { RoomBoard, type Told } from '../../../support/attacker/room-board.js';
import { action, knownAs, nextChange, readChange } from '../../../support/attacker/room-change.js';
import { AttackedRoom, ROOM } from '../../../support/attacked-room.js';
import { CorruptScene, heldClock } from '../../../support/corrupt-scene.js';
import { eventsOf } from '../../../support/room-scene.js';
import { until } from '../../../support/until.js';

const [START, CONTRIBUTIONS, DONE] = [1, 6, 8];
const [ANSWER, COMMITMENTS] = [2, 3];

test('who comes back behind the start of a round that invites it was not silent, and has keys in the end', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'], others: ['user3'] });
  const user3 = await room.logIn('user3');
  // The relay gets the start a moment too late: user3 has gone meanwhile, and is back when others have read it.
  const held = new Map<string, Told>();
  let holds = true;
  board.onSaid = (told, to) => {
    if (holds && told.command === 'room' && told.kind === START) {
      held.set(to, told);
      return [];
    }
    const start = held.get(to);
    if (told.command !== 'here' || told.from !== 'user3' || !start) return [told];
    held.delete(to);
    return [start, told];
  };
  room.actor('alice').do({ do: 'invite', room: ROOM, with: 'user3' });
  await user3.next('invited');
  user3.do({ do: 'join', room: ROOM });
  await until('a start for three', () => held.size === 3);
  held.delete('user3');
  board.tell('user3', { command: 'here', from: 'stranger' });
  await user3.next('left');
  user3.do({ do: 'join', room: ROOM });
  await until('the start is out', () => held.size === 0);
  holds = false;
  await until('keys for all three', () => room.actors.every((each) => eventsOf(each, 'secured').at(-1)?.members.length === 3));
  t.same(new Set(room.actors.map((each) => eventsOf(each, 'secured').at(-1)?.number)).size, 1);
  await room.chats('all three');
});

test('a start that came to nothing, as a change was before it, ends no round 35 s later', async (t) => {
  const corrupt = await CorruptScene.open(t, { users: ['alice', 'bob', 'user3'], clock: heldClock() });
  const board = new RoomBoard(corrupt.relay, ROOM, corrupt.board.people);
  const actors = await Promise.all(['alice', 'bob', 'user3'].map((name) => corrupt.logIn(name)));
  const [alice, bob, user3] = actors;
  const newKeys = async (epoch: number, among = actors) => {
    const have = () => among.every((each) => eventsOf(each, 'secured').at(-1)?.epoch === epoch);
    for (let turn = 0; turn < 100 && !have(); turn += 1) await corrupt.pass(60);
    t.ok(have(), `epoch ${epoch}`);
  };
  const enter = async (actor = alice!) => {
    actor.do({ do: 'join', room: ROOM });
    await actor.next('joined');
  };
  const invite = async (actor: typeof alice) => {
    alice!.do({ do: 'invite', room: ROOM, with: actor!.name });
    await actor!.next('invited');
  };
  await enter();
  await invite(bob);
  await enter(bob);
  await newKeys(1, [alice!, bob!]);
  await invite(user3);

  // Somebody's change comes between the start and what was before it.
  const person = await corrupt.scene.person('alice');
  const head = readChange(ROOM, board.changes.at(-1)!);
  const target = knownAs('bob', await corrupt.scene.person('bob'));
  const { bytes } = nextChange(ROOM, head, knownAs('alice', person), action.admin, target, person);
  const starts: Buffer[] = [];
  board.onSaid = (told) => {
    if (told.kind !== START || told.command !== 'room') return [told];
    if (!starts.includes(told.body!)) starts.push(told.body!);
    return told.body === starts[0] ? [{ command: 'chng', body: bytes }, told] : [told];
  };
  await enter(user3);
  await newKeys(2);
  t.equal(starts.length, 2, 'the first came to nothing');

  // A round in which the contributions are on their way at the time at which the first start would be 35 s old.
  await corrupt.pass(30_000);
  const held: [Told, string][] = [];
  board.onSaid = (told, to) => {
    if (told.kind !== CONTRIBUTIONS || told.command !== 'room') return [told];
    held.push([told, to]);
    return [];
  };
  for (const command of ['away', 'here']) {
    for (const { name } of [alice!, bob!]) board.tell(name, { command, from: 'user3' });
  }
  await corrupt.pass(60);
  await until('contributions', () => held.length === 3);
  await corrupt.pass(6_000);
  for (const [told, to] of held) board.tell(to, told);
  board.onSaid = (told) => [told];
  await newKeys(3);
  t.same(actors.flatMap((each) => eventsOf(each, 'warning')), []);
});

for (const [ms, epoch] of [[20_000, 2], [36_000, 3]] as const) {
  test(`a leader whose done comes back after ${ms / 1_000} s has the keys of all the others in the end`, async (t) => {
    const { room, board } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'], others: ['user3'], speed: 20 });
    let late: (() => void) | undefined;
    board.onSaid = (told, to) => {
      if (late || told.kind !== DONE || told.command !== 'room' || told.from !== to) return [told];
      late = () => board.tell(to, told);
      return [];
    };
    await room.enter(await room.logIn('user3'));
    await until('a done', () => late !== undefined);
    const end = room.clock.now() + ms;
    await until('a while', () => room.clock.now() > end);
    late!();
    await room.shared();
    t.ok(room.actors.every((each) => eventsOf(each, 'secured').at(-1)!.epoch >= epoch));
    await room.chats('all three');
  });
}

for (const [name, times] of [['alice', 1], ['bob', 1], ['user3', 1], ['bob', 4], ['user4', 4]] as const) {
  const who = name === 'user4' ? 'user4 has just entered' : `${name} has keys of an epoch`;
  const much = times === 1 ? 'the next start' : `${times} starts`;
  test(`${who}, answers ${much} too late, and has the keys of all in the end`, async (t) => {
    const clients = ['alice', 'bob', 'user3'];
    const { room, board } = await AttackedRoom.corrupt(t, { clients, others: ['user4'], speed: 20 });
    const rounds = new Set<string>();
    board.onSaid = (told) => {
      if (told.kind === ANSWER && told.from === name && rounds.size < times) return [];
      if (told.kind === COMMITMENTS) rounds.add(told.body!.toString('hex', 0, 16));
      return [told];
    };
    await room.enter(await room.logIn('user4'));
    await until('keys without it', () => rounds.size >= times);
    await room.shared();
    await room.chats('all four');
  });
}
