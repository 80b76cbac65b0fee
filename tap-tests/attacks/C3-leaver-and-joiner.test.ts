import { test } from 'tap';
import { Fields } from '../support/attacker/bytes.js';
import { roomKind } from '../support/attacker/room-commands.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { keyringOf, openStepWith, openWith } from '../support/keyring.js';
import { type Passed, tapRelay } from '../support/relay-tap.js';
import { oneEpoch } from '../support/room-scene.js';
import { until } from '../support/until.js';

const NAMES = ['alice', 'bob', 'user3', 'user4'];
const records = (passed: readonly Passed[]): Buffer[] => passed.filter(({ kind }) => kind === roomKind.record).map(({ body }) => body);

/** What of a round is sealed, and what opens it for who was in it. */
function sealedSteps(passed: readonly Passed[]): [kind: number, body: Buffer, at: number][] {
  return passed.flatMap(({ kind, body }): [number, Buffer, number][] => {
    if (kind === roomKind.contributions || kind === roomKind.contribution) return [[kind, body, 16]];
    if (kind !== roomKind.share) return [];
    const fields = new Fields(body.subarray(16));
    fields.vec16();
    return [[kind, body, 16 + fields.at]];
  });
}

for (const out of ['leaves', 'is removed'] as const) {
  test(`C3: a member that ${out}, and keeps all that it has: it opens what was said while it was there, and nothing behind`, async (t) => {
    const passed = tapRelay(t);
    const room = await AttackedRoom.open(t);
    const alone = passed.length;
    await room.chats('before user3 came');
    const before = passed.length;
    const user3 = await room.infiltrate('user3');
    await room.chats('with user3');
    await room.crowd.secure(user3);
    const { number } = await oneEpoch(room.actors, { names: ['alice', 'bob', 'user3'] });
    await until('the same', () => user3.epoch!.number === number);
    await room.chats('with user3, once more');
    const within = passed.length;
    if (out === 'leaves') user3.leave();
    else room.actor('alice').do({ do: 'remove', room: ROOM, with: 'user3' });
    await Promise.all(room.actors.map((each) => each.next('changed', ({ what }) => what === 'leave' || what === 'remove')));
    const changed = passed.length;
    for (const each of room.actors) each.do({ do: 'say', room: ROOM, text: 'said at once' });
    await oneEpoch(room.actors);
    await room.chats('without user3');
    const keys = keyringOf(user3, NAMES);
    const inside = records(passed.slice(before, within));
    const texts = inside.map((each) => openWith(keys, each)?.toString('latin1') ?? '');
    t.ok(texts.filter((text) => text.includes('with user3')).length >= 4, `${keys.length} keys open what was said while it was there`);
    t.ok(sealedSteps(passed.slice(before, within)).some(([kind, body, at]) => openStepWith(keys, kind, body, at)), 'and steps of its rounds');
    const behind = records(passed.slice(changed));
    t.ok(behind.length >= 4, `${behind.length} records behind`);
    const opened = behind.map((each) => openWith(keys, each)?.toString('latin1') ?? '');
    t.same(opened.filter((text) => /said at once|without user3/.test(text)), [], 'none of which it opens');
    t.same(sealedSteps(passed.slice(within)).filter(([kind, body, at]) => openStepWith(keys, kind, body, at)), [], 'nor a round of theirs');
    const earlier = records(passed.slice(alone, before));
    t.ok(earlier.length >= 2);
    t.same(earlier.filter((each) => openWith(keys, each)), [], 'nor what was said before it came');
    t.same(sealedSteps(passed.slice(0, before)).filter(([kind, body, at]) => openStepWith(keys, kind, body, at)), []);
  });
}
