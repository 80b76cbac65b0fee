import { test } from 'tap';
import { isRecordTold } from '../support/attacker/room-board.js';
import { roomKind } from '../support/attacker/room-commands.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf, textsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const say = (text: string) => ({ do: 'say', room: ROOM, text, id: text }) as const;

test('C2: a text that is kept from one member: the receipts of the others show it', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t);
  const [alice, bob, user3] = room.actors;
  let dropped = 0;
  board.onSaid = (told, to) => (isRecordTold(told) && told.from === 'alice' && to === 'user3' && dropped++ === 0 ? [] : [told]);
  alice!.do(say('not for user3'));
  await until('bob reads it', () => textsOf(bob!).length === 1);
  await until('a warning', () => room.warnings(user3!).length > 0);
  t.match(room.warnings(user3!), [/^tampered (alice|bob)$/]);
  t.equal(eventsOf(alice!, 'delivered').length, 0, 'alice is not told that all have it');
  alice!.do(say('and this?'));
  await until('bob reads on', () => textsOf(bob!).length === 2);
  await settled(room, 'user3');
  t.same(textsOf(user3!), [], 'nothing behind the gap is shown');
});

/** What was on its way to this one has come. */
async function settled(room: AttackedRoom, name: string): Promise<void> {
  room.actor(name).do({ do: 'members', room: ROOM });
  await room.actor(name).next('members');
}

test('C2: two texts swapped for one member', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t);
  const [alice, bob, user3] = room.actors;
  const held: Parameters<typeof board.onSaid>[0][] = [];
  board.onSaid = (told, to) => {
    if (!isRecordTold(told) || to !== 'user3' || held.length > 1) return [told];
    held.push(told);
    return held.length === 2 ? [held[1]!, held[0]!] : [];
  };
  alice!.do(say('first'));
  await until('bob reads it', () => textsOf(bob!).length === 1);
  bob!.do(say('second'));
  await until('a warning', () => room.warnings(user3!).length > 0);
  t.match(room.warnings(user3!)[0], /tampered/, 'of two senders: each is whole, but the others read them in another order');
});

test('C2: the end of a round is told to one member only', async (t) => {
  const { room, board, corrupt } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'], others: ['user3'] });
  const [alice, bob] = room.actors;
  const user3 = await room.logIn('user3');
  board.onSaid = (told, to) => (told.kind === roomKind.done && to === 'bob' ? [] : [told]);
  await room.enter(user3);
  await until('keys of two', () => [alice, user3].every((each) => eventsOf(each!, 'secured').at(-1)?.members.length === 3));
  t.equal(eventsOf(bob!, 'secured').at(-1)!.members.length, 2);
  board.onSaid = (told) => [told];
  alice!.do(say('do you hear me?'));
  await until('a warning', () => room.warnings(bob!).includes('differ alice'));
  t.same(textsOf(bob!), [], 'bob does not read it, and is told that alice has other keys');
  t.not(eventsOf(bob!, 'secured').at(-1)!.number, eventsOf(alice!, 'secured').at(-1)!.number);
  t.same(eventsOf(alice!, 'delivered'), [], 'and alice is not told that bob has read it');
  corrupt.relay.guest('bob')!.line.cut();
  board.present = board.present.filter((name) => name !== 'bob');
  for (const name of ['alice', 'user3']) board.tell(name, { command: 'away', from: 'bob' });
  await room.shared();
  await room.chats('with a new connection');
});

test('C2: a removal that is kept from the others: nothing more is said to the one who was removed', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t);
  const [alice, bob, user3] = room.actors;
  board.onSaid = (told, to) => (told.command === 'chng' && to !== 'alice' ? [] : [told]);
  alice!.do({ do: 'remove', room: ROOM, with: 'user3' });
  await alice!.next('changed', ({ what }) => what === 'remove');
  board.present.push('user3');
  alice!.do(say('without user3'));
  bob!.do(say('with user3'));
  await until('bob speaks under the old keys', () => textsOf(user3!).length === 1);
  await settled(room, 'alice');
  await settled(room, 'bob');
  t.same(board.kinds('alice', roomKind.record).length, 0, 'alice seals nothing');
  t.same(textsOf(alice!), [], 'and is shown nothing that user3 reads, too');
  t.equal(eventsOf(bob!, 'delivered').length, 0);
});

test('C2: changes told early, with seq 0; numbers that leave something out, or come twice', async (t) => {
  const lies = [0n, 1n, 99n, 100_000n, 2n ** 53n - 1n];
  const { room, board } = await AttackedRoom.corrupt(t, { others: ['user4'] });
  const bob = room.actor('bob');
  board.onSaid = (told, to) => (told.command === 'chng' && to === 'bob' ? [{ ...told, seq: 0n }] : [told]);
  room.actor('alice').do({ do: 'admin', room: ROOM, with: 'user3' });
  t.match(await bob.next('left'), { reason: 'tampered' }, 'a change that has no place in the order');
  board.onSaid = (told) => [told];
  for (const seq of lies) {
    bob.do({ do: 'join', room: ROOM });
    await bob.next('secured');
    board.tell('bob', { command: 'here', from: 'user3', seq });
    t.match(await bob.next('left'), { reason: 'tampered' }, `seq ${seq}`);
  }
  bob.do({ do: 'join', room: ROOM });
  await room.shared();
});
