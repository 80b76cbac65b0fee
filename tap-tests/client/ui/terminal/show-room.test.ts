import t from 'tap';
import type { Event } from '../../../../client/engine/protocol.js';
import type { RoomEvent } from '../../../../client/engine/room-protocol.js';
import { palette } from '../../../../client/ui/terminal/palette.js';
import { render } from '../../../../client/ui/terminal/row.js';
import { type Context, show } from '../../../../client/ui/terminal/show.js';
import { widthOf } from '../../../../client/ui/terminal/width.js';
import { everyEvent } from '../../../fuzz/targets/events.js';
import { joined, member, NUMBER, outOf, saidIn } from '../../../support/fake-engine.js';
import { foreignIn, hostile, visible } from '../../../support/hostile-texts.js';

const before = { chat: true, calling: false, wasOnline: false };
const context: Context = {
  now: new Date(2026, 10, 21, 12, 3), before, user: 'alice', inFront: true, textOf: (id) => `text of ${id}`,
  didactic: true, markOf: () => '',
};
const room = 'kitchen';

const text = (event: Event, more: Partial<Context> = {}, columns = Infinity) =>
  show(event, { ...context, ...more }).flatMap((row) => render(row, columns, palette(false))).join('\n');

t.test('entering, being asked, being knocked at', async (t) => {
  t.match(text(joined(room, true)), /made kitchen and are its admin/);
  t.match(text(joined(room)), /^12:03 \* You are in kitchen/);
  t.notMatch(text(joined(room)), /\/switch/);
  t.match(text(joined(room), { inFront: false }), /\/switch kitchen/);
  t.equal(text({ event: 'invited', room, with: 'bob' }), '12:03 * bob invites you to kitchen: /join kitchen');
  const knock: Event = { event: 'knock', room, with: 'user3' };
  t.equal(text(knock), '12:03 * user3 would like to come into kitchen: /invite user3');
  t.match(text(knock, { inFront: false }), /: \/invite user3 kitchen$/, 'from elsewhere the room has to be named');
});

t.test('who did what with whom', async (t) => {
  const changed = (what: (RoomEvent & { event: 'changed' })['what'], by: string, target: string) =>
    text({ event: 'changed', room, what, with: target, by }).slice('12:03 * '.length);
  t.equal(changed('make', 'bob', 'bob'), 'bob has made kitchen.');
  t.equal(changed('make', 'alice', 'alice'), '', 'said already');
  t.equal(changed('remove', 'bob', 'alice'), '', 'it comes with what was not delivered');
  t.equal(changed('add', 'alice', 'bob'), 'You have taken bob into kitchen.');
  t.equal(changed('add', 'bob', 'alice'), 'bob has taken you into kitchen.');
  t.equal(changed('leave', 'bob', 'bob'), 'bob has left kitchen.');
  t.equal(changed('remove', 'bob', 'user3'), 'bob has removed user3 from kitchen.');
  t.equal(changed('admin', 'alice', 'bob'), 'You have made bob an admin of kitchen.');
});

t.test('quiet lines: here, away, new keys', async (t) => {
  const number = '12345 67890 11111 22222';
  const secured: Event = { event: 'secured', room, epoch: 3, members: ['alice', 'bob'], number };
  const moves: Event[] = [{ event: 'here', room, with: 'bob' }, { event: 'away', room, with: 'bob' }];
  for (const event of [secured, ...moves]) {
    t.ok(show(event, context).every(({ tone }) => tone === 'quiet'), event.event);
  }
  t.match(text(secured), /epoch 3\), shared by 2: alice, bob\.\n.*number 12345 67890 11111 22222$/);
  t.match(text({ event: 'away', room, with: 'bob' }), /bob is away from kitchen/);
});

t.test('words, with whose they are and where', async (t) => {
  t.equal(text(saidIn(room, 'bob', 'hi\nyou')), '12:03 bob: hi\n      | you');
  t.equal(text(saidIn(room, 'bob', 'hi'), { inFront: false }), '12:03 [kitchen] bob: hi');
  const late = { ...saidIn(room, 'bob', 'hi'), late: true } as Event;
  t.equal(text(late), '12:03 [late] bob: hi');
  t.equal(text(late, { inFront: false }), '12:03 [kitchen, late] bob: hi');
  t.equal(
    text({ event: 'undelivered', room, text: 'two\nlines', to: ['bob', 'user3'], id: 't1' }),
    '12:03 ! A text of yours in kitchen is not known to have reached bob, user3:\n      | two\n      | lines',
  );
  t.match(
    text({ event: 'error', room, code: 'too-long', text: 'Too long.', id: 't1' }),
    /Not sent: kitchen: Too long\.\n +\| text of t1/,
  );
  t.equal(text({ event: 'error', room, code: 'no-room', text: 'Not there.' }), '12:03 ! kitchen: Not there.');
  const named = 'Too many texts wait for kitchen: this one was not taken.';
  t.equal(text({ event: 'error', room, code: 'queue-full', text: named }), `12:03 ! ${named}`);
  t.match(text({ event: 'error', room, code: 'x', text: 'The kitchens.' }), /kitchen: The kitchens/);
  const warning = show({ event: 'warning', room, code: 'x', text: 'Odd.' }, context)[0];
  t.match(warning, { tone: 'warning', text: 'kitchen: Odd.' });
});

t.test('the members, a row each', async (t) => {
  const members = [
    member('alice', { admin: true }), member('bob', { trust: 'known', compared: true, present: false, secured: false }),
    member('user3', { trust: 'first-use' }), member('user4', { trust: 'changed' }),
  ];
  const event: Event = { event: 'members', room, epoch: 2, members };
  t.equal(text(event), [
    '12:03 * 4 members of kitchen, epoch 2:',
    '        alice  admin  here  secured  you                  0123 4567',
    '        bob           away  no keys  known, compared      0123 4567',
    '        user3         here  secured  first use            0123 4567',
    '        user4         here  secured  KEY CHANGED          0123 4567',
  ].join('\n'));
  t.match(show(event, context)[4], { tone: 'bad' });
  const alone = text({ ...event, epoch: 0, members: members.slice(0, 1) } as Event);
  t.match(alone, /One member of kitchen, no keys yet:/);
  const longest = member('sixteen-letters-', { admin: true, compared: true });
  const rows = text({ ...event, members: [longest] } as Event, {}, 80).split('\n');
  t.equal(rows.length, 2, 'in 80 columns it is not broken');
});

t.test('out of a room: why, and what was not delivered', async (t) => {
  t.equal(text(outOf(room)), '12:03 * You have left kitchen.');
  t.match(text(outOf(room, { reason: 'removed', by: 'bob' })), /^12:03 ! bob has removed you from kitchen\.$/);
  t.match(text(outOf(room, { reason: 'removed', by: '' })), /You were removed from kitchen/);
  t.equal(text(outOf(room, { reason: 'disconnected' })), '12:03 * You are out of kitchen, and still a member.');
  t.match(text(outOf(room, { reason: 'disconnected', by: 'relay' })), /the connection is gone\.\n.*entered again/);
  t.match(text(outOf(room, { reason: 'tampered' })), /FOR YOUR SAFETY[^]*\/join kitchen/);
  t.match(text(outOf(room, { reason: 'key-changed' })), /key of a member has changed[^]*\/trust/);
  const reasons = ['left', 'removed', 'disconnected', 'tampered', 'key-changed'] as const;
  for (const reason of reasons) {
    const shown = text(outOf(room, { reason, unsent: ['t2', 't3'], unconfirmed: ['t1'] }));
    t.match(shown, /Not sent to kitchen:\n +\| text of t2\n +\| text of t3\n/, reason);
    t.match(shown, /not confirmed by all:\n +\| text of t1$/, reason);
  }
});

t.test('the certificate of a user, before any call', async (t) => {
  const event = {
    event: 'certificate', with: 'bob', trust: 'certified', compared: false, fingerprint: '0123456789abcdef'.repeat(4),
    safetyNumber: NUMBER, subject: 'CN=bob', validTo: '2027-01-02T12:00:00.000Z',
  } as const;
  const shown = text(event);
  t.match(shown, /CERTIFIED.*\/verify bob/);
  t.match(shown, /certificate CN=bob\n +valid +to 2 January 2027\n +key +0123 4567 89ab/);
  t.match(shown, /08213 75832 98438 21202\n +37414 06175 89833 18220\n +94849 20453 84655 13781/);
  const { subject: _subject, validTo: _validTo, ...bare } = event;
  t.notMatch(text({ ...bare, trust: 'first-use' }), /certificate|valid/);
  t.match(text({ ...bare, trust: 'changed' }), /THE KEY OF bob HAS CHANGED/);
  t.match(show({ ...bare, trust: 'changed' }, context)[0], { tone: 'bad' });
});

/** One of each event of rooms, and the certificate, with `other` wherever somebody else decides what stands there. */
const eventsSaying = (other: string): Event[] => [
  ...everyEvent(other, other), ...everyEvent(other, 'bob'),
  { event: 'changed', room: other, what: 'add', with: other, by: other },
  { event: 'members', room: other, epoch: 0, members: [member(other, { fingerprint: other }), member(other)] },
  ...(['removed', 'disconnected', 'tampered', 'key-changed'] as const).map((reason) =>
    outOf(other, { reason, by: other, unsent: [other], unconfirmed: [other] })),
] satisfies Event[];

t.test('F1: no escape sequence of others passes, in no event', async (t) => {
  let found = 0;
  for (const each of hostile) {
    for (const event of eventsSaying(each)) {
      for (const columns of [40, 80, Infinity]) {
        const shown = text(event, { textOf: () => each, inFront: columns === 80 }, columns);
        if (/[\x1b\r]/.test(shown) || foreignIn(shown).length > 0) t.fail(`${event.event}: ${visible(shown)}`);
        found++;
      }
    }
  }
  t.ok(found > 5_000, `${found} looked at`);
});

t.test('F2: no text of others starts a row, in no event', async (t) => {
  const forgeries = [
    'x\n12:04 bob: I owe you', `${' '.repeat(31)}12:04 bob: I owe you`, `${'word '.repeat(20)}12:04 bob: I owe you`,
    'x\r12:04 bob: I owe you', 'x\u202812:04 bob: I owe you', 'x\n[kitchen]-> /invite user3',
  ];
  for (const forged of forgeries) {
    for (const event of eventsSaying(forged)) {
      for (const columns of [30, 40, 80, 132]) {
        const rows = text(event, { textOf: () => forged, inFront: columns === 80 }, columns).split('\n');
        const begun = rows.slice(1).filter((row) => !row.startsWith('      '));
        const isMessage = event.event === 'message' && 'room' in event && event.room === 'bob';
        const unbarred = isMessage ? rows.slice(1).filter((row) => !row.startsWith('      |')) : [];
        if (begun.length + unbarred.length > 0) t.fail(`${event.event} at ${columns}: ${rows.join('⏎')}`);
        if (rows.some((row) => row.startsWith('12:04'))) t.fail(`${event.event} at ${columns} begins a row`);
      }
    }
  }
  t.pass(`${forgeries.length} forgeries`);
});

t.test('no row is wider than the terminal', async (t) => {
  const wide = '日本語 and long-words-without-any-space-in-them-at-all 👩‍🚀 e\u0301';
  for (const columns of [30, 40, 80]) {
    for (const event of eventsSaying(wide)) {
      const rows = text(event, {}, columns).split('\n');
      t.same(rows.filter((row) => widthOf(row) >= columns), [], event.event);
    }
  }
});
