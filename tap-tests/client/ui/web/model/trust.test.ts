import { test } from 'tap';
import type { Event, Trust } from '../../../../../client/engine/protocol.js';
import { chatWith, leftBy, NUMBER, OTHER_NUMBER } from '../../../../support/fake-engine.js';
import { PlayedModel } from '../../../../support/played-model.js';

const bob = { with: 'bob' };
const changed: Event = { event: 'key-changed', ...bob, old: NUMBER, new: OTHER_NUMBER };
const refused = leftBy('bob', { reason: 'tampered', by: 'me' });
const about = { ...bob, fingerprint: 'ab'.repeat(32), compared: false, trust: 'known' } as const;

test('how far a key is believed, in words and tones', async (t) => {
  const rows: [Trust, boolean, RegExp][] = [
    ['certified', false, /^good: .*an authority vouches.*not compared/], ['certified', true, /^good: .*have compared/],
    ['known', false, /^plain: .*same key as before.*not compared/], ['known', true, /^good: .*have compared/],
    ['first-use', false, /^warning: .*Not verified.*Compare the safety number/],
  ];
  for (const [trust, compared, words] of rows) {
    const played = PlayedModel.online().play(chatWith('bob', { trust, compared }));
    t.match(played.lines(played.chat()), [words]);
    t.match(played.chat(), { trust, compared, fingerprint: 'ab'.repeat(32), safetyNumber: NUMBER, suite: 'X25519' });
  }
});

test('a changed key: nothing goes on until it is approved', async (t) => {
  const played = PlayedModel.online().play(chatWith('bob', { compared: true }), leftBy('bob'));
  played.play({ do: 'chat', ...bob }, changed);
  t.match(played.chat(), { phase: 'idle', trust: 'changed', compared: false, safetyNumber: OTHER_NUMBER, unread: 1 });
  t.same(played.chat().changed, { old: NUMBER, new: OTHER_NUMBER });
  t.equal(played.chat().fingerprint, undefined);
  t.match(played.lines(played.play(refused).chat()).at(-1), /^bad: The key of bob has changed/, 'which says it all');
  played.play({ event: 'error', code: 'wrong-number', text: 'Not it.', ...bob });
  t.ok(played.chat().changed);
  played.play({ event: 'trusted', ...bob, number: OTHER_NUMBER });
  t.match(played.chat(), { trust: 'known', compared: false, safetyNumber: OTHER_NUMBER });
  t.equal(played.chat().changed, undefined);
  t.match(played.lines(played.chat()).at(-1), /^good: You have approved/);
});

test('the key that is known, come back, opens a chat without a word of the other', async (t) => {
  const played = PlayedModel.online().play({ do: 'chat', ...bob }, changed, refused);
  played.play(chatWith('bob', { trust: 'known' }));
  t.match(played.chat(), { phase: 'open', trust: 'known', safetyNumber: NUMBER });
  t.equal(played.chat().changed, undefined);
});

test('a key that changes in a room leaves the chat under the old one as it is', async (t) => {
  const played = PlayedModel.online().play(chatWith('bob'), changed);
  t.match(played.chat(), { phase: 'open', trust: 'changed', safetyNumber: NUMBER, fingerprint: 'ab'.repeat(32) });
});

test('comparing is told of once', async (t) => {
  const number = (compared: boolean): Event => ({ event: 'safety-number', ...about, compared, number: NUMBER });
  const played = PlayedModel.online().play({ do: 'verify', ...bob }, number(false));
  t.match(played.chat(), { trust: 'known', compared: false, safetyNumber: NUMBER });
  t.same(played.lines(played.chat()), []);
  played.play({ do: 'compared', ...bob }, number(true), number(true));
  t.same(played.lines(played.chat()), ['good: You have compared the safety number with bob.']);
  t.equal(played.chat().compared, true);
});

test('a certificate is of the key that is shown, or there is a word about it', async (t) => {
  const certificate = (more: Partial<Event & { event: 'certificate' }> = {}): Event => ({
    event: 'certificate', ...about, safetyNumber: NUMBER, subject: 'CN=bob', issuer: 'CN=us', validTo: '2027', ...more,
  });
  const played = PlayedModel.online().play({ do: 'certificate', ...bob }, certificate());
  t.match(played.chat(), { phase: 'idle', certificate: { subject: 'CN=bob', issuer: 'CN=us', validTo: '2027' } });
  played.play(chatWith('bob'));
  t.ok(played.chat().certificate, 'it is of the key of the chat');
  played.play(certificate({ fingerprint: 'cd'.repeat(32), trust: 'changed', safetyNumber: OTHER_NUMBER }));
  t.match(played.chat(), { trust: 'first-use', safetyNumber: NUMBER, fingerprint: 'ab'.repeat(32) });
  t.match(played.lines(played.chat()).at(-1), /^bad: .*is not the one that is shown/);
  played.play(leftBy('bob'));
  played.play(certificate({ fingerprint: 'cd'.repeat(32), trust: 'changed', safetyNumber: OTHER_NUMBER }));
  t.match(played.chat(), { trust: 'changed', safetyNumber: OTHER_NUMBER });
  t.match(played.lines(played.chat()).at(-1), /^bad: .*not approved/);
  played.play(chatWith('bob', { fingerprint: 'ef'.repeat(32) }));
  t.equal(played.chat().certificate, undefined);
});
