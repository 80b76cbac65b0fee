import { test } from 'tap';
import {
  CONVERSATIONS_MAX, ITEM_SIZE, ITEMS_MAX, KNOCKS_MAX, LINE_MAX, NOTICES_MAX, SIZE_MAX, STRANGERS_MAX,
} from '../../../../../client/ui/web/model/limits.js';
import { isName } from '../../../../../client/ui/web/model/names.js';
import { isUsername } from '../../../../../common/wire/username.js';
import type { Event } from '../../../../../client/engine/protocol.js';
import { chatWith, joined, leftBy } from '../../../../support/fake-engine.js';
import { PlayedModel } from '../../../../support/played-model.js';

const message = (name: string, text: string): Event => ({ event: 'message', with: name, text, sent: 1 });

test('the oldest items go', async (t) => {
  const played = PlayedModel.online().play(chatWith('bob'));
  for (let n = 0; n < ITEMS_MAX + 9; n++) played.play(message('bob', `${n}`));
  const { items, dropped, size } = played.chat();
  t.same([items.length, dropped], [ITEMS_MAX, 10]);
  t.equal(items[0]!.text, '9');
  t.equal(size, items.reduce((sum, { text }) => sum + text.length + ITEM_SIZE, 0));
});

test('the largest conversation pays for all', async (t) => {
  const played = PlayedModel.online().play(message('user3', 'short'));
  const text = 'x'.repeat(65_000);
  for (let n = 0; n < 300; n++) played.play(message('bob', text), ...(n % 3 === 0 ? [message('user4', text)] : []));
  const total = played.model.conversations.reduce((sum, { size }) => sum + size, 0);
  t.ok(total <= SIZE_MAX && total > SIZE_MAX - 70_000, String(total));
  t.same([played.chat('user3').dropped, played.chat('user4').dropped, played.chat('user4').items.length], [0, 0, 100]);
  t.equal(played.chat().items.length + played.chat().dropped, 300);
  played.play(message('user5', 'y'.repeat(SIZE_MAX)));
  t.match(played.chat('user5'), { items: [], dropped: 1, size: 0 }, 'one that is too large by itself is not kept');
});

test('strangers who ask push out nobody but strangers', async (t) => {
  const played = PlayedModel.online();
  played.play(chatWith('bob'), message('user3', 'an old friend'), leftBy('user3'), joined('den'));
  for (let n = 0; n < 1_000; n++) {
    played.play({ event: 'request', with: `x${n}` }, { event: 'invited', room: `r${n}`, with: `x${n}` });
    if (n % 2 === 0) played.play({ event: 'cancelled', with: `x${n}` });
  }
  t.equal(played.model.conversations.length, STRANGERS_MAX + 3);
  t.same(played.order.slice(-3).sort(), ['bob', 'den', 'user3']);
  t.equal(played.order[0], 'r999');
});

test('of too many, the oldest that is over and seen goes first, and what is open never before', async (t) => {
  const played = PlayedModel.online();
  played.play(chatWith('open'), message('unread', 'a'), message('seen', 'b'), message('later', 'c'));
  played.play({ seen: { kind: 'chat', name: 'seen' } }, { seen: { kind: 'chat', name: 'later' } });
  for (let n = 4; n < CONVERSATIONS_MAX; n++) played.play(message(`n${n}`, 'hi'));
  const gone = ['seen', 'later', 'unread'];
  for (const [at, name] of gone.entries()) {
    t.ok(played.order.includes(name), name);
    played.play(message(`m${at}`, 'hi'));
    t.notOk(played.order.includes(name), name);
    t.equal(played.order.length, CONVERSATIONS_MAX);
  }
  t.ok(played.order.includes('open'));
});

test('who does the same in a loop fills no more than a few lines', async (t) => {
  const played = PlayedModel.online().play(message('bob', 'the last text'), joined('den'));
  for (let n = 0; n < 500; n++) {
    played.play({ event: 'request', with: 'bob' }, { event: 'cancelled', with: 'bob' });
    played.play({ event: 'here', room: 'den', with: 'bob' });
    played.play({ event: 'secured', room: 'den', epoch: n, members: ['alice', 'bob'], number: '' });
    played.play({ event: 'away', room: 'den', with: 'bob' }, { event: 'warning', code: 'unasked', text: 'Odd.' });
    played.play({ event: 'knock', room: 'den', with: `x${n}` }, { event: 'knock', room: 'den', with: 'user3' });
  }
  t.match(played.chat(), { unread: 1, dropped: 0 });
  t.same(played.lines(played.chat()), ['plain: bob asks for a chat.', 'plain: bob no longer asks for a chat.']);
  t.equal(played.chat().items.at(-1)!.time, played.time - 6_000, 'the last time counts');
  t.equal(played.lines(played.room()).filter((line) => line.startsWith('quiet')).length, 3);
  t.equal(played.room().knocks.length, KNOCKS_MAX);
  t.equal(played.model.notices.length, 1);
  for (let n = 0; n < 99; n++) played.play({ event: 'warning', code: 'unasked', text: `${n} ${'x'.repeat(9_999)}` });
  t.equal(played.model.notices.length, NOTICES_MAX);
  t.ok(played.model.notices.every(({ text }) => text.length === LINE_MAX));
});

test('quiet lines bring nothing to the front, all else does', async (t) => {
  const played = PlayedModel.online().play(chatWith('bob'), chatWith('user3'));
  t.same(played.play({ event: 'renewed', with: 'bob' }).order, ['user3', 'bob']);
  t.same(played.play(message('bob', 'hi')).order, ['bob', 'user3']);
  t.same(played.play({ event: 'sign-request', with: 'user3' }).order, ['user3', 'bob']);
  t.same(played.play({ do: 'say', with: 'bob', text: 'hi', id: '1' }).order, ['bob', 'user3']);
});

test('a user may be called as parts of objects are, and what is no name makes no conversation', async (t) => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const played = PlayedModel.online();
    played.play({ event: 'warning', code: 'x', text: 'w', with: name }, { event: 'sent', with: name, id: name });
    t.same(played.order, []);
    played.play({ event: 'request', with: name }, chatWith(name), message(name, 'hi'), joined(name), leftBy(name));
    played.play({ seen: { kind: 'chat', name } });
    t.match(played.chat(name), { name, phase: 'idle', unread: 0 });
    t.equal(played.room(name).phase, 'in');
  }
  for (const name of ['', 'a', 'constructor', '__proto__', 'x'.repeat(16), 'x'.repeat(17), 'bob\n', 'b b', 'é', '-']) {
    t.equal(isName(name), isUsername(name), name);
    const played = PlayedModel.online().play({ do: 'chat', with: name }, { do: 'say', room: name, text: 'hi' });
    t.same(played.order, isName(name) ? [name, name] : []);
  }
});
