import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { isRecordTold } from '../support/attacker/room-board.js';
import { roomKind, toAll } from '../support/attacker/room-commands.js';
import type { RoomRecordFaults } from '../support/attacker/room-faults.js';
import type { RoomMember } from '../support/attacker/room-member.js';
import type { Person } from '../support/attacker/primitives.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { textsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const FORGED = 'I, alice, say so';
const forge = ({ epoch }: RoomMember, faults: RoomRecordFaults, as = 'alice') => epoch!.seal(1, FORGED, faults, as);

/** What alice's key has really signed, but not here: `where` says in what it differs from this record. */
function signedElsewhere(user3: RoomMember, alice: Person, where: RoomRecordFaults): RoomRecordFaults {
  let signature: Buffer = Buffer.alloc(0);
  forge(user3, { signer: alice, ...where, signature: (honest) => (signature = honest) });
  return { signature: () => signature };
}

const now = Date.now();
type Forgery = (user3: RoomMember, alice: Person) => RoomRecordFaults;
const elsewhere = (where: (user3: RoomMember) => RoomRecordFaults): Forgery => (user3, alice) =>
  ({ time: now, ...signedElsewhere(user3, alice, { time: now, ...where(user3) }) });
const forgeries: [what: string, faults: Forgery][] = [
  ['signed by oneself', () => ({})],
  ['signed by oneself, in the own name', () => ({ signedAs: 'user3' })],
  ['signed by nobody', () => ({ signature: () => randomBytes(64) })],
  ['with an empty signature', () => ({ signature: () => Buffer.alloc(0) })],
  ['with a signature of another epoch', elsewhere((user3) => ({ T: user3.epochs.at(-2)!.agreement.T }))],
  ['with a signature of another room', elsewhere(() => ({ T: randomBytes(32) }))],
  ['with a signature of another place', elsewhere(() => ({ counter: 7n }))],
  ['with a signature of another time', elsewhere(() => ({ time: now + 1 }))],
  ['with a signature of alice as user3', elsewhere(() => ({ signedAs: 'user3' }))],
];

test('C4: a member seals under the chain of another: the relay says who it was, and it is refused under that name', async (t) => {
  const room = await AttackedRoom.open(t);
  const user3 = await room.infiltrate('user3');
  const [alice, bob] = room.actors;
  const stolen = await room.person('alice');
  for (const [what, faults] of forgeries) {
    await room.crowd.secure(user3);
    const number = await room.shared('user3');
    const before = room.actors.map((each) => room.warnings(each).length);
    user3.session.say(toAll(ROOM, roomKind.record, forge(user3, faults(user3, stolen))));
    await until(what, () => room.actors.every((each, at) => room.warnings(each).length > before[at]!));
    for (const each of room.actors) t.equal(room.warnings(each).at(-1), 'tampered user3', `${what}: ${each.name} is told who`);
    const text = `${what}, ${number}`;
    await room.chats(text);
    user3.say('and now?');
    await room.chats(`${text}, more`);
  }
  t.same([alice, bob].flatMap((each) => textsOf(each!)).filter((text) => text.includes(FORGED) || text.startsWith('user3')), []);
  await room.crowd.secure(user3);
  user3.say('with new keys');
  await until('user3 is heard again', () => [alice, bob].every((each) => textsOf(each!).includes('user3: with new keys')));
});

test('C4: a member and the relay together: a record of one under the name of the other', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'], others: ['user3'] });
  const user3 = await room.infiltrate('user3');
  const bob = room.actor('bob');
  const stolen = await room.person('alice');
  for (const [what, faults] of forgeries) {
    await room.crowd.secure(user3);
    await room.shared('user3');
    const before = room.warnings(bob).length;
    board.tell('bob', { command: 'room', from: 'alice', kind: roomKind.record, body: forge(user3, faults(user3, stolen)) });
    await until(what, () => room.warnings(bob).length > before);
    t.match(room.warnings(bob)[before], /^(tampered|malformed) alice$/, `${what}: that is not what alice has said`);
  }
  t.same(textsOf(bob).filter((text) => text.includes(FORGED)), []);
});

test('C4: what alice has said once, said again', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t);
  const [alice, bob, user3] = room.actors;
  let record: Buffer | undefined;
  board.onSaid = (told) => {
    if (isRecordTold(told) && told.from === 'alice') record ??= told.body;
    return [told];
  };
  alice!.do({ do: 'say', room: ROOM, text: 'once' });
  await until('it is read', () => [bob, user3].every((each) => textsOf(each!).length === 1));
  board.tell('bob', { command: 'room', from: 'alice', kind: roomKind.record, body: record! });
  await until('the second', () => room.warnings(bob!).includes('tampered alice'));
  board.tell('user3', { command: 'room', from: 'bob', kind: roomKind.record, body: record! });
  await until('under another name', () => room.warnings(user3!).includes('tampered bob'));
  board.tell('alice', { command: 'room', from: 'alice', kind: roomKind.record, body: record! });
  t.match(await alice!.next('left'), { reason: 'tampered' }, 'as her own: she has not said it twice');
  t.same([bob, user3].map((each) => textsOf(each!)), [['alice: once'], ['alice: once']]);
});
