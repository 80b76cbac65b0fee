import { randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import { newPerson, type Person } from '../support/attacker/primitives.js';
import { action, knownAs, nextChange, readChange } from '../support/attacker/room-change.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const relay = newPerson();

type Setting = Awaited<ReturnType<typeof setting>>;

/** alice is the admin; user4 is enrolled, and no member. */
async function setting(t: Test) {
  const { room, board, corrupt } = await AttackedRoom.corrupt(t, { others: ['user4'] });
  const people = new Map<string, Person>();
  for (const name of ['alice', 'bob', 'user3', 'user4']) people.set(name, await corrupt.scene.person(name));
  const who = (name: string) => knownAs(name, people.get(name)!);
  const head = () => readChange(ROOM, board.changes.at(-1)!);
  const list = () => head().change.members;
  /** What follows from the head, but for what it says otherwise, signed by whoever signs. */
  const change = (author: string, which: number, target: string, signer: Person = people.get(author)!, edit = {}, room = ROOM) =>
    nextChange(room, head(), who(author), which, who(target), signer, edit).bytes;
  return { room, board, people, who, head, list, change };
}

/** Each is told to bob alone. */
const lies: [what: string, bytes: (own: Setting) => Buffer][] = [
  ['a member that the relay adds in the name of alice', ({ change }) => change('alice', action.add, 'user4', relay)],
  ['a member that adds itself', ({ change, list, who }) =>
    change('user4', action.add, 'user4', undefined, { members: [...list(), { ...who('user4'), admin: false }] })],
  ['the key of the relay as that of alice, in a change', ({ change, list }) =>
    change('alice', action.add, 'user4', relay, { author: knownAs('alice', relay), members: list() })],
  ['a member that the relay removes', ({ change }) => change('alice', action.remove, 'user3', relay)],
  ['a leave that another has signed', ({ change, people }) => change('user3', action.leave, 'user3', people.get('bob'))],
  ['an admin removed by one who is none', ({ change, list }) =>
    change('user3', action.remove, 'alice', undefined, { members: list().slice(1).map((each, at) => ({ ...each, admin: at === 0 })) })],
  ['an admin made by one who is none', ({ change, list }) =>
    change('user3', action.admin, 'user3', undefined, { members: list().map((each) => ({ ...each, admin: each.name !== 'bob' })) })],
  ['a list that hides a member', ({ change, list }) =>
    change('alice', action.admin, 'bob', undefined, { members: list().filter(({ name }) => name !== 'user3') })],
  ['a list with somebody more', ({ change, list, who }) =>
    change('alice', action.admin, 'bob', undefined, { members: [...list(), { ...who('user4'), admin: false }] })],
  ['a change that alice has signed for another room', ({ change }) => change('alice', action.add, 'user4', undefined, {}, 'cellar')],
  ['a change on top of none', ({ change }) => change('alice', action.add, 'user4', undefined, { previous: randomBytes(32) })],
  ['a make with the next number', ({ change, who }) =>
    change('user3', action.make, 'user3', undefined, { members: [{ ...who('user3'), admin: true }] })],
  ['a make of a member, from the beginning', ({ change, who }) =>
    change('user3', action.make, 'user3', undefined, { number: 0, previous: randomBytes(32), members: [{ ...who('user3'), admin: true }] })],
  ['another change with the number of the head', ({ change, head }) =>
    change('alice', action.admin, 'bob', undefined, { number: head().change.number, previous: head().change.previous })],
  ['a signature with a bit flipped', ({ change }) => {
    const bytes = change('alice', action.add, 'user4');
    bytes[bytes.length - 1]! ^= 1;
    return bytes;
  }],
];

test('C1: a list that no entitled member has signed: bob leaves with a warning, the others go on', async (t) => {
  const own = await setting(t);
  const { room, board, list } = own;
  const [alice, bob, user3] = room.actors;
  for (const [what, bytes] of lies) {
    await room.shared();
    const [lefts, warned, secured] = [eventsOf(bob!, 'left').length, room.warnings(bob!).length, eventsOf(bob!, 'secured').length];
    board.tell('bob', { command: 'chng', body: bytes(own) });
    await until(what, () => eventsOf(bob!, 'left').length > lefts);
    t.match(eventsOf(bob!, 'left').at(-1), { reason: 'tampered' }, what);
    t.equal(room.warnings(bob!).length, warned + 1, 'and is told why');
    t.equal(eventsOf(bob!, 'secured').length, secured);
    bob!.do({ do: 'join', room: ROOM });
    await until('bob is back', () => eventsOf(bob!, 'secured').length > secured);
  }
  await room.shared();
  await room.chats('after all');
  t.same(list().map(({ name }) => name), ['alice', 'bob', 'user3']);
  t.same([alice, user3].flatMap((each) => room.warnings(each!)), []);
});
