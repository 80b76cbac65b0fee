import { test } from 'tap';
import type { Event } from '../../../../../client/engine/protocol.js';
import type { RoomEvent } from '../../../../../client/engine/room-protocol.js';
import { joined, member, outOf, ready, saidIn } from '../../../../support/fake-engine.js';
import { type Played, PlayedModel } from '../../../../support/played-model.js';

const room = 'den';
const changed = (what: 'add' | 'leave' | 'remove' | 'admin', name: string, by = 'alice'): RoomEvent =>
  ({ event: 'changed', room, what, with: name, by });
const secured = (epoch: number, ...members: string[]): RoomEvent =>
  ({ event: 'secured', room, epoch, members, number: `n${epoch}` });
const lost: Event = { event: 'lost', text: 'It broke.', retry: 1 };
const say = (id: string): Played => ({ do: 'say', room, id, text: `text ${id}` });
const fails = (code: string, more: Partial<RoomEvent> = {}): RoomEvent =>
  ({ event: 'error', room, code, text: `${code}.`, ...more } as RoomEvent);

test('a room is made, and others come and go', async (t) => {
  const played = PlayedModel.online().play({ do: 'join', room }, joined(room, true));
  t.match(played.room(), { phase: 'in', outdated: true });
  played.play(
    { event: 'members', room, epoch: 0, members: [member('alice', { admin: true, secured: false })] },
    { event: 'knock', room, with: 'bob' }, { event: 'knock', room, with: 'bob' },
  );
  t.match(played.room(), { knocks: ['bob'], unread: 1, outdated: false });
  t.equal(played.room().knocks.length, 1);
  played.play(changed('add', 'bob'));
  t.match(played.room(), { knocks: [], outdated: true });
  played.play(
    { event: 'members', room, epoch: 0, members: [member('alice'), member('bob', { present: false, secured: false })] },
    { event: 'here', room, with: 'bob' }, secured(1, 'alice', 'bob'),
  );
  t.match(played.room(), { epoch: 1, number: 'n1', secured: ['alice', 'bob'], outdated: false });
  t.match(played.room().members[1], { name: 'bob', present: true, secured: true });
  played.play({ event: 'away', room, with: 'bob' });
  t.match(played.room().members[1], { present: false, secured: false });
  t.same(played.room().secured, ['alice']);
  played.play(changed('admin', 'bob'), changed('leave', 'bob', 'bob'));
  t.same(played.room().members.map(({ name }) => name), ['alice']);
  t.same(played.lines(played.room()), [
    'good: You have made this room and are its admin.', 'plain: bob would like to come into the room.',
    'plain: You have taken bob into the room.', 'quiet: bob is here.',
    'quiet: The room has new keys, shared by alice and bob.',
    'quiet: bob is away.', 'plain: You have made bob an admin of the room.', 'plain: bob has left the room.',
  ]);
  played.play(outOf(room, { reason: 'removed', by: 'bob' }));
  t.match(played.room(), { phase: 'idle', members: [], secured: [], epoch: 0, number: undefined });
  t.match(played.lines(played.room()).at(-1), 'warning: bob has removed you');
});

test('getting in: invited, or by knocking', async (t) => {
  const played = PlayedModel.online().play({ event: 'invited', room, with: 'bob' });
  t.match(played.room(), { phase: 'invited', unread: 1 });
  t.equal(played.play({ do: 'join', room }, joined(room)).room().phase, 'in');
  played.play(fails('not-a-member', { with: 'user9' } as Partial<RoomEvent>));
  t.equal(played.room().phase, 'in', 'that was about another');
  const other = PlayedModel.online().play({ do: 'join', room });
  t.equal(other.room().phase, 'idle');
  t.equal(other.play(fails('not-a-member')).room().phase, 'knocking');
  t.equal(other.play(joined(room)).room().phase, 'in');
  t.match(PlayedModel.online().play(fails('no-room')).model.notices, [{ text: 'no-room.' }]);
});

test('texts in a room, and who has not got them', async (t) => {
  const played = PlayedModel.online().play(joined(room), ...['1', '2', '3', '4'].map(say));
  const marks = () => played.texts(played.room()).map(({ mark }) => mark);
  played.play({ event: 'sent', room, id: '1' }, { event: 'sent', room, id: '2' }, { event: 'sent', room, id: '3' });
  const undelivered = (to: string): RoomEvent => ({ event: 'undelivered', room, id: '2', text: 'text 2', to: [to] });
  played.play({ event: 'delivered', room, id: '1' }, undelivered('bob'), undelivered('user3'), undelivered('bob'));
  played.play({ event: 'delivered', room, id: '2' });
  t.same(marks(), ['delivered', 'unconfirmed', 'sent', 'waiting']);
  t.match(played.texts(played.room())[1], {
    missing: ['bob', 'user3'], why: 'Not known to have reached bob and user3.',
  });
  played.play(fails('not-online', { id: '4' } as Partial<RoomEvent>), outOf(room, { unconfirmed: ['3'] }));
  t.same(marks(), ['delivered', 'unconfirmed', 'unconfirmed', 'not-sent']);
  played.play({ ...saidIn(room, 'bob', 'late'), late: true } as RoomEvent, saidIn(room, 'user3', 'hi'));
  t.match(played.texts(played.room()).slice(-2), [{ from: 'bob', late: true }, { from: 'user3', late: false }]);
  t.equal(played.room().unread, 2);
  played.play({ event: 'warning', room, code: 'differ', text: 'Other keys.', with: 'bob' });
  t.equal(played.lines(played.room()).at(-1), 'warning: Other keys.');
});

test('lost and back, and why one is out, in words', async (t) => {
  const rows: [Partial<RoomEvent & { event: 'left' }>, string, RegExp][] = [
    [{ reason: 'left', by: 'alice' }, 'idle', /^plain: You have left/],
    [{ reason: 'removed', by: 'bob' }, 'idle', /^warning: bob has/],
    [{ reason: 'disconnected', by: 'relay' }, 'lost', /^warning: .*entered again/],
    [{ reason: 'disconnected', by: 'alice' }, 'lost', /^quiet: .*still a member/],
    [{ reason: 'tampered', by: 'alice' }, 'idle', /^bad: .*for your safety/],
    [{ reason: 'key-changed', by: 'alice' }, 'idle', /^bad: .*another key/],
  ];
  for (const [how, phase, words] of rows) {
    const played = PlayedModel.online().play(joined(room), outOf(room, how), lost);
    t.equal(played.room().phase, phase);
    t.match(played.lines(played.room()).at(-1), words);
  }
  const played = PlayedModel.online().play(joined(room), lost);
  t.equal(played.room().phase, 'lost', 'also without a word before');
  t.equal(played.play(ready, joined(room)).room().phase, 'in');
});
