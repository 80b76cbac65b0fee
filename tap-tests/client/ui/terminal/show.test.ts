import t from 'tap';
import type { Event } from '../../../../client/engine/protocol.js';
import { palette } from '../../../../client/ui/terminal/palette.js';
import { render, speech } from '../../../../client/ui/terminal/row.js';
import { type Context, show } from '../../../../client/ui/terminal/show.js';
import { widthOf } from '../../../../client/ui/terminal/width.js';
import { chatWith, leftBy, NUMBER, OTHER_NUMBER, ready } from '../../../support/fake-engine.js';

const now = new Date(2026, 10, 21, 12, 3);
const before = { chat: true, calling: false, wasOnline: false };
const context: Context = { now, before, user: 'alice', inFront: true, textOf: (id) => `text of ${id}`, didactic: true, markOf: () => '' };

const text = (event: Event, more: Partial<Context> = {}, columns = Infinity) =>
  show(event, { ...context, ...more }).flatMap((row) => render(row, columns, palette(false))).join('\n');

/** One of each event, with `other` wherever somebody else decides what stands there. */
const eventsSaying = (other: string): Event[] => {
  const named = other as 'bob';
  return [
    { ...ready, user: other, server: { ...(ready as Event & { event: 'ready' }).server, subject: other, issuer: other, name: other, validFrom: other, validTo: other } } as Event,
    { event: 'didactic', ephemeralKey: other, secret: other },
    { event: 'users', users: [{ name: other, inChat: true }], more: true },
    { event: 'calling', with: named }, { event: 'request', with: named }, { event: 'refused', with: named }, { event: 'cancelled', with: named },
    chatWith(other), chatWith(other, { trust: 'certified', compared: true }), chatWith(other, { trust: 'known', suite: other }),
    { event: 'message', with: named, text: other, sent: 0 },
    { event: 'sent', with: named, id: 'a' }, { event: 'delivered', with: named, id: 'a' },
    { event: 'discarded', with: named }, { event: 'discarded', with: named, id: other }, { event: 'renewed', with: named },
    ...(['left', 'disconnected', 'too-slow', 'timed-out', 'tampered'] as const).map((reason) =>
      leftBy(other, { reason, unsent: [other], unconfirmed: [other] })),
    { event: 'safety-number', with: named, number: other, trust: 'changed', compared: false, fingerprint: other },
    { event: 'safety-number', with: named, number: other, trust: 'known', compared: false, fingerprint: other },
    { event: 'key-changed', with: named, old: other, new: other }, { event: 'trusted', with: named, number: other },
    { event: 'warning', code: 'x', text: other }, { event: 'error', code: 'x', text: other },
    { event: 'error', code: 'x', text: other, id: other },
    { event: 'lost', text: other, retry: 2_100 }, { event: 'closed', status: 5, text: other }, { event: 'closed', status: 0, text: other },
  ];
};

t.test('no escape sequence of others passes, in no event', async (t) => {
  const hostile = '\x1b[2J\x1b]0;title\x07\x9b31m\x90q\x9c\x1b_apc\x1b\\ \b\b\r\x00\u202e\u2066\u200b\u{e0041}\u2028';
  for (const event of eventsSaying(hostile)) {
    for (const columns of [40, 80, Infinity]) {
      const shown = text(event, {}, columns);
      t.notMatch(shown, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, event.event);
    }
  }
});

t.test('no text of others starts a row, in no event', async (t) => {
  for (const forged of ['x\n12:04 bob: I owe you', `${' '.repeat(31)}12:04 bob: forged`, `${'word '.repeat(20)}12:04 bob: forged`, `x\r12:04 bob: I`]) {
    for (const event of eventsSaying(forged)) {
      for (const columns of [40, 80, 132]) {
        const rows = show(event, { ...context, textOf: () => forged }).flatMap((row) => render(row, columns, palette(false)));
        for (const [at, row] of rows.entries()) {
          t.notMatch(row, /^(12:04|.{0,5}\d\d:\d\d bob: (I owe|forged))/, `${event.event} at ${columns}`);
          if (at > 0 && event.event === 'message') t.match(row, /^ {6}\| /);
        }
      }
    }
  }
});

t.test('no row is wider than the terminal', async (t) => {
  for (const columns of [30, 40, 80]) {
    for (const event of eventsSaying('日本語 and long-words-without-any-space-in-them-at-all 👩‍🚀 e\u0301')) {
      for (const row of text(event, {}, columns).split('\n')) t.ok(widthOf(row) < columns, row);
    }
  }
});

t.test('texts', async (t) => {
  t.equal(text({ event: 'message', with: 'bob', text: 'hi\nyou', sent: 1 }), '12:03 bob: hi\n      | you');
  t.equal(text({ event: 'message', with: 'bob', text: 'hi', sent: 1 }, { inFront: false }), '12:03 [not in front] bob: hi');
  t.equal(render(speech(now, 'alice', 'hi', { own: true, to: 'bob' }), 80, palette(false))[0], '12:03 alice to bob: hi');
});

t.test('the server, once in full', async (t) => {
  const first = text(ready);
  for (const part of ['You are alice', '0123 4567 89ab', 'verified by the authority "CN=MessageApp authority"', 'CN=localhost', '2027', 'fedc ba98', 'X25519']) {
    t.ok(first.includes(part), part);
  }
  const again = text(ready, { before: { ...before, wasOnline: true } });
  t.match(again, /^12:03 \* Connected again/);
  t.equal(again.split('\n').length, 1);
  const secrets: Event = { event: 'didactic', ephemeralKey: '3082', secret: 'abcd' };
  t.match(text(secrets), /anyone who sees the following[^]*3082[^]*abcd/);
  t.equal(text(secrets, { didactic: false }), '');
});

t.test('how far a peer is believed', async (t) => {
  t.match(text(chatWith('bob')), /NOT VERIFIED.*\/verify bob/);
  t.match(text(chatWith('bob', { trust: 'known' })), /same key as before.*Never compared/);
  t.match(text(chatWith('bob', { trust: 'certified', compared: true })), /CERTIFIED.*you have compared/);
  t.notMatch(text(chatWith('bob')), /\/switch/);
  t.match(text(chatWith('bob'), { inFront: false }), /\/switch bob/);
  const number = text({ event: 'safety-number', with: 'bob', number: NUMBER, trust: 'known', compared: false, fingerprint: 'ab' });
  t.match(number, /08213 75832 98438 21202\n +37414 06175 89833 18220\n +94849 20453 84655 13781/);
  t.match(text({ event: 'key-changed', with: 'bob', old: NUMBER, new: OTHER_NUMBER }), /CHANGED[^]*08213[^]*13781[^]*\/trust bob/);
  t.match(show({ event: 'key-changed', with: 'bob', old: NUMBER, new: OTHER_NUMBER }, context)[0], { tone: 'alarm' });
});

t.test('the end of a chat', async (t) => {
  t.equal(text(leftBy('bob')), '12:03 * bob has left the chat.');
  t.equal(text(leftBy('bob', { by: 'me' })), '12:03 * You have left the chat with bob.');
  t.notMatch(text(leftBy('bob', { reason: 'disconnected', by: 'relay' })), /has left/, 'said only after a goodbye');
  t.match(text(leftBy('bob', { unsent: ['t2'], unconfirmed: ['t1'] })), /Not sent to bob:\n +\| text of t2\n.*not confirmed:\n +\| text of t1/);
  t.match(text(leftBy('bob', { reason: 'tampered', by: 'me' }), { before: { ...before, chat: false } }), /No chat with bob began/);
});

t.test('a connection that comes and goes', async (t) => {
  t.match(text({ event: 'lost', text: 'It broke.', retry: 2_100 }, { before: { ...before, wasOnline: true } }), /Connection lost: It broke\.\n +Trying again in 2 s\./);
  t.match(text({ event: 'lost', text: 'No route.', retry: 60_000 }), /No connection: No route\.\n +Trying again in 1 min\./);
  t.match(text({ event: 'error', code: 'too-long', text: 'Too long.', id: 't1' }), /Not sent: Too long\.\n +\| text of t1/);
  t.match(text({ event: 'cancelled', with: 'bob' }), /bob no longer asks/);
  t.match(text({ event: 'cancelled', with: 'bob' }, { before: { ...before, calling: true } }), /You no longer call bob/);
});
