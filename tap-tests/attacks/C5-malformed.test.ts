import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { roomKind, toAll, toEach } from '../support/attacker/room-commands.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf, oneEpoch } from '../support/room-scene.js';
import { until } from '../support/until.js';

test('C5: numbers of epochs out of bounds, and far jumps, of one who shares the epoch: no round comes of them', async (t) => {
  const room = await AttackedRoom.open(t);
  const user3 = await room.infiltrate('user3');
  const { epoch } = user3.epoch!.agreement;
  const secured = () => room.actors.map((each) => eventsOf(each, 'secured').length);
  const before = secured();
  for (const wrong of [0, 1, epoch, epoch + 2, epoch + 65_536, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1]) {
    const answers = user3.log.length;
    user3.lead(['alice', 'bob', 'user3'], { start: { epoch: wrong } });
    await room.chats(`not ${wrong}`);
    t.notOk(user3.log.slice(answers).some(({ kind }) => kind === roomKind.answer), `nobody answers a start of epoch ${wrong}`);
  }
  t.same(secured(), before);
  await room.crowd.secure(user3);
  t.equal((await oneEpoch(room.actors, { after: epoch, names: ['alice', 'bob', 'user3'] })).epoch, epoch + 1, 'the next one is');
});

test('C5: far jumps of one who is new: at most so far that a room lasts', async (t) => {
  const room = await AttackedRoom.open(t);
  const user3 = await room.come('user3');
  const { epoch } = await oneEpoch(room.actors);
  user3.answers = false;
  room.actor('alice').do({ do: 'invite', room: ROOM, with: 'user3' });
  await until('user3 invited', () => user3.log.some(({ command }) => command === 'invt'));
  user3.join();
  await until('user3 in the room', () => user3.head !== undefined && user3.present.length === 3);
  for (const [wrong, answered] of [[epoch, 0], [epoch + 65_537, 0], [2 ** 32 - 1, 0], [epoch + 65_536, 2]] as const) {
    const heard = user3.log.length;
    user3.lead(['alice', 'bob', 'user3'], { start: { epoch: wrong } });
    await room.chats(`${wrong}`);
    const done = () => user3.log.slice(heard).filter(({ kind }) => kind === roomKind.answer).length;
    if (answered) await until('answers', () => done() >= answered);
    t.equal(done(), answered, `${wrong} after ${epoch}`);
  }
  t.equal((await oneEpoch(room.actors, { after: epoch, names: ['alice', 'bob', 'user3'] })).epoch, epoch + 65_536);
});

/** An honest body, and what can be done to it. */
const cut = (body: Buffer): Buffer[] => [
  Buffer.alloc(0), body.subarray(0, 15), body.subarray(0, 16), body.subarray(0, 17), body.subarray(0, body.length - 1),
  Buffer.concat([body, Buffer.alloc(1)]), Buffer.concat([body, body]), Buffer.concat([body.subarray(0, 16), randomBytes(body.length)]),
  Buffer.concat([body.subarray(0, 16), Buffer.alloc(200, 0xff)]), Buffer.concat([body.subarray(0, 16), Buffer.alloc(200)]),
  ...Array.from({ length: 6 }, () => {
    const bytes = Buffer.from(body);
    bytes[Math.floor(Math.random() * bytes.length)]! ^= 1 << Math.floor(Math.random() * 8);
    return bytes;
  }),
];
const SAID_TO_EACH: readonly number[] = [roomKind.answer, roomKind.share, roomKind.contribution, roomKind.tag];

test('C5: malformed steps of all kinds, in a round that is under way, end nobody', async (t) => {
  const room = await AttackedRoom.open(t, { speed: 20 });
  const user3 = await room.infiltrate('user3');
  user3.receipts = false;
  const bodies = new Map(user3.log.filter(({ kind }) => kind > 0).map(({ kind, body }) => [kind, body]));
  bodies.set(roomKind.ask, randomBytes(40));
  bodies.set(roomKind.answer, Buffer.alloc(260, 3)).set(roomKind.contribution, randomBytes(130)).set(roomKind.tag, randomBytes(48));
  bodies.set(roomKind.record, user3.epoch!.seal(1, 'hello'));
  let said = 0;
  for (const [kind, body] of [...bodies].sort(([one], [other]) => one - other)) {
    for (const each of cut(body)) {
      // The round in force is one that user3 has begun, so that bodies with its name are looked at.
      const S = user3.leading?.S.subarray(0, 16);
      const bytes = kind === roomKind.start || kind === roomKind.record || !S ? each : Buffer.concat([S, each.subarray(16)]);
      const whole = bytes.subarray(0, 2_000);
      user3.session.say(
        toAll(ROOM, kind, bytes), toEach(ROOM, kind, [['alice', whole], ['bob', whole], ['user3', whole], ['nobody', whole]]),
      );
      said += 2;
    }
    if (!SAID_TO_EACH.includes(kind)) user3.lead(['alice', 'bob', 'user3']);
    await user3.session.settled();
    await room.chats(`behind ${kind}`);
  }
  t.ok(said > 300, `${said} bodies`);
  t.same(room.actors.flatMap((each) => [...eventsOf(each, 'left'), ...each.events.filter(({ event }) => event === 'lost')]), []);
  for (const each of room.actors) t.ok(room.warnings(each).every((warning) => / user3$|^tampered$|^differ$/.test(warning)), `${room.warnings(each)}`);
});

test('C5: malformed answers of one whom somebody else has invited to a round', async (t) => {
  for (const kind of [roomKind.answer, roomKind.contribution, roomKind.tag]) {
    const room = await AttackedRoom.open(t, { speed: 20 });
    const user3 = await room.come('user3');
    const [alice] = room.actors;
    user3.faults = { body: (each, body) => (each === kind ? cut(body)[5]! : body), believesAll: true };
    alice!.do({ do: 'invite', room: ROOM, with: 'user3' });
    await until('user3 invited', () => user3.log.some(({ command }) => command === 'invt'));
    user3.join();
    await until('a round', () => user3.log.some(({ kind: heard }) => heard === roomKind.start));
    await room.chats('meanwhile');
    for (const body of cut(user3.taking?.answer ?? randomBytes(300))) {
      user3.session.say(toEach(ROOM, kind, [['alice', body], ['bob', body]]));
    }
    await room.chats('behind that');
    t.same(room.actors.flatMap((each) => eventsOf(each, 'left')), []);
  }
});
