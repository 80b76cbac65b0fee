import { test, type Test } from 'tap';
import { roomKind } from '../support/attacker/room-commands.js';
import { action, knownAs, nextChange, readChange } from '../support/attacker/room-change.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf, oneEpoch, textsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const HALVES = [['alice', 'bob'], ['user3', 'user4']] as const;
const halfOf = (name: string) => HALVES.findIndex((half) => half.some((each) => each === name));

/** Whoever has the same number has the same epoch with the same participants. */
function alike(t: Test, { actors }: AttackedRoom): void {
  const all = actors.flatMap((each) => eventsOf(each, 'secured'));
  for (const { number, epoch, members } of all) {
    const same = all.filter((each) => each.number === number);
    t.ok(same.every((each) => each.epoch === epoch && each.members.join() === members.join()), `${number}: one list, one epoch`);
  }
}

/** Four who have one epoch; the relay shows each half that the other is gone. */
async function split(t: Test, speed = 10) {
  const all = await AttackedRoom.corrupt(t, { speed, clients: ['alice', 'bob', 'user3', 'user4'] });
  const { room, board } = all;
  board.onSaid = (told, to) => (told.from && halfOf(told.from) !== halfOf(to) ? [] : [told]);
  for (const each of room.actors) for (const other of HALVES[1 - halfOf(each.name)]!) board.tell(each.name, { command: 'away', from: other });
  return { ...all, halves: HALVES.map((half) => half.map((name) => room.actor(name))) };
}

/** In each half both lose their keys, as it is told: they make new ones, of which the other half hears nothing. */
async function renewed({ board, halves }: Awaited<ReturnType<typeof split>>): Promise<void> {
  await Promise.all(HALVES.map(async ([one, other], at) => {
    for (const command of ['away', 'here']) {
      board.tell(one, { command, from: other });
      board.tell(other, { command, from: one });
    }
    await oneEpoch(halves[at]!, { names: [one, other] });
  }));
}

test('C2: a room split in two: two numbers, and each half sees who is in it', async (t) => {
  const own = await split(t);
  const { room, halves, board } = own;
  await renewed(own);
  const [one, other] = ['alice', 'user3'].map((name) => eventsOf(room.actor(name), 'secured').at(-1)!);
  t.not(one!.number, other!.number);
  t.equal(one!.epoch, other!.epoch, 'though both count the same');
  await room.chats('here', halves[0]);
  await room.chats('there', halves[1]);

  board.onSaid = (told) => [told];
  for (const [name, seen] of HALVES.flatMap((half, at) => half.flatMap((each) => HALVES[1 - at]!.map((seen) => [each, seen] as const)))) {
    board.tell(name, { command: 'here', from: seen });
  }
  await room.shared();
  await room.chats('together again');
  alike(t, room);
});

test('C2: what one half says and does in a round, given to the other', async (t) => {
  const own = await split(t);
  const { room, board, halves } = own;
  const stolen: { from: string; kind: number; body: Buffer }[] = [];
  const { onSaid } = board;
  board.onSaid = (told, to) => {
    const { from = '', kind = 0, body = Buffer.alloc(0) } = told;
    if (kind > 0 && kind < roomKind.record) stolen.push({ from, kind, body });
    return onSaid(told, to);
  };
  await renewed(own);
  const secured = () => room.actors.map((each) => eventsOf(each, 'secured').length);
  const before = secured();
  for (const { name } of room.actors) {
    for (const each of stolen.filter(({ from }) => halfOf(from) !== halfOf(name))) {
      const command = [2, 4, 5, 7].includes(each.kind) ? 'each' : 'room';
      board.tell(name, { command, ...each });
      // As somebody of the own half who could say it, too.
      board.tell(name, { command, ...each, from: HALVES[halfOf(name)]!.find((other) => other !== name)! });
    }
  }
  for (const half of halves) await room.chats('undisturbed', half);
  t.same(secured(), before, 'no keys came of it');
  alike(t, room);
  t.ok(stolen.length > 20, `${stolen.length} bodies were tried`);
});

const steps = ['answer', 'commitments', 'share', 'contribution', 'contributions', 'tag'] as const;
for (const step of steps) {
  test(`C2: ${step} of two rounds swapped while they run, also under the name of the other round`, async (t) => {
    const own = await split(t, 60);
    const { onSaid } = own.board;
    const last = new Map<number, Buffer>();
    const swapped = new Set<number>();
    own.board.onSaid = (told, to) => onSaid(told, to).map((each) => {
      if (each.kind !== roomKind[step] || !each.body) return each;
      last.set(halfOf(to), each.body);
      const foreign = last.get(1 - halfOf(to));
      if (!foreign || swapped.has(halfOf(to))) return each;
      swapped.add(halfOf(to));
      return { ...each, body: swapped.size === 1 ? foreign : Buffer.concat([each.body.subarray(0, 16), foreign.subarray(16)]) };
    });
    await renewed(own);
    t.ok(swapped.size > 0);
    alike(t, own.room);
    for (const half of own.halves) await own.room.chats('in the end', half);
  });
}

test('C2: two lists: two members are added at once, and each half is told of one', async (t) => {
  const { room, board, corrupt } = await AttackedRoom.corrupt(t, {
    speed: 15, clients: ['alice', 'bob', 'user3', 'user4'], others: ['user5', 'user6'],
  });
  const head = readChange(ROOM, board.changes.at(-1)!);
  const said = await Promise.all([['alice', 'user5'], ['user3', 'user6']].map(async ([author, target]) => {
    const [by, of] = [await corrupt.scene.person(author!), await corrupt.scene.person(target!)];
    return nextChange(ROOM, head, knownAs(author!, by), action.add, knownAs(target!, of), by).bytes;
  }));
  for (const { name } of room.actors) board.tell(name, { command: 'chng', body: said[halfOf(name)]! });
  const secured = () => room.actors.map((each) => eventsOf(each, 'secured').length);
  const before = secured();
  for (const { name } of room.actors) board.tell(name, { command: 'here', from: halfOf(name) ? 'user6' : 'user5' });
  await until('epochs of those who have one list', () => secured().every((count, at) => count > before[at]!), 20_000);
  for (const each of room.actors) {
    t.same(eventsOf(each, 'secured').at(-1)!.members, HALVES[halfOf(each.name)], `${each.name} has keys with its own half`);
  }
  alike(t, room);
  room.actor('alice').do({ do: 'say', room: ROOM, text: 'who reads this?' });
  await until('a word of warning', () => room.warnings(room.actor('user3')).includes('differ alice') || textsOf(room.actor('bob')).length > 0);
  t.same(textsOf(room.actor('user3')), []);
});

test('C2: two heads that name the same members: alice has signed both, and each half is told of one', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { speed: 40, clients: ['alice', 'bob', 'user3', 'user4'] });
  const head = readChange(ROOM, board.changes.at(-1)!);
  const alice = await room.person('alice');
  const said = await Promise.all(['bob', 'user3'].map(async (name) =>
    nextChange(ROOM, head, knownAs('alice', alice), action.admin, knownAs(name, await room.person(name)), alice).bytes));
  for (const { name } of room.actors) {
    board.tell(name, { command: 'chng', body: said[halfOf(name)]! });
    for (const command of ['away', 'here']) {
      for (const other of ['bob', 'user4']) if (other !== name) board.tell(name, { command, from: other });
    }
  }
  const before = room.actors.map((each) => eventsOf(each, 'secured').length);
  await until('new keys', () => room.actors.every((each, at) => eventsOf(each, 'secured').length > before[at]!), 20_000);
  for (const each of room.actors) t.same(eventsOf(each, 'secured').at(-1)!.members, HALVES[halfOf(each.name)], each.name);
  alike(t, room);
});
