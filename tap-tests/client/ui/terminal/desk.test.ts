import t from 'tap';
import { Desk } from '../../../../client/ui/terminal/desk.js';
import { chatWith, leftBy, NUMBER, OTHER_NUMBER, ready } from '../../../support/fake-engine.js';

const TYPING = true;
const IDLE = false;

t.test('a new chat takes the front from the server prompt alone', async (t) => {
  const desk = new Desk(false);
  desk.take(chatWith('bob'), TYPING);
  t.same(desk.front, { at: 'server' }, 'a command is being typed');
  desk.take(chatWith('user3'), IDLE);
  t.same(desk.front, { at: 'chat', with: 'user3' });
  desk.take(chatWith('dan'), IDLE);
  t.same(desk.front, { at: 'chat', with: 'user3' }, 'the next line may be for user3');
  t.same(desk.names.chats, ['bob', 'user3', 'dan']);
});

t.test('a chat that ends stays in front while a line is typed for it', async (t) => {
  const desk = new Desk(false);
  desk.take(chatWith('bob'), IDLE);
  desk.take(leftBy('bob'), TYPING);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.take(chatWith('user3'), TYPING);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.take(chatWith('bob'), TYPING);
  t.same(desk.front, { at: 'chat', with: 'bob' }, 'the line was for this peer');
  desk.take(leftBy('bob', { reason: 'disconnected', by: 'relay' }), IDLE);
  t.same(desk.front, { at: 'server' }, 'nothing was typed');
  desk.bring('user3');
  desk.take(leftBy('user3', { by: 'me' }), TYPING);
  t.same(desk.front, { at: 'server' }, 'asked for');
  desk.take(leftBy('dan'), TYPING);
  t.same(desk.front, { at: 'server' }, 'of another chat');
});

t.test('unread texts', async (t) => {
  const desk = new Desk(false);
  desk.take(chatWith('bob'), IDLE);
  desk.take(chatWith('user3'), IDLE);
  desk.take({ event: 'message', with: 'user3', text: 'a', sent: 1 }, IDLE);
  desk.take({ event: 'message', with: 'bob', text: 'a', sent: 1 }, IDLE);
  t.same([...desk.chats], [['bob', 0], ['user3', 1]]);
  desk.bring('user3');
  t.same([...desk.chats], [['bob', 0], ['user3', 0]]);
});

t.test('calls, requests and changed keys come and go', async (t) => {
  const desk = new Desk(false);
  desk.take(ready, IDLE);
  desk.take({ event: 'request', with: 'bob' }, IDLE);
  desk.take({ event: 'calling', with: 'user3' }, IDLE);
  t.match(desk.take({ event: 'cancelled', with: 'user3' }, IDLE), { calling: true });
  t.same([...desk.calls], []);
  desk.calls.add('user3');
  desk.take({ event: 'error', code: 'exists', text: '', with: 'user3' }, IDLE);
  t.same([...desk.calls], ['user3'], 'the first call goes on');
  desk.take({ event: 'error', code: 'calling-you', text: '', with: 'bob' }, IDLE);
  t.same([...desk.requests], ['bob']);
  desk.take({ event: 'error', code: 'no-answer', text: '', with: 'user3' }, IDLE);
  t.same([...desk.calls], []);
  desk.take({ event: 'lost', text: '', retry: 1 }, IDLE);
  t.same([...desk.requests], []);
  desk.take({ event: 'key-changed', with: 'bob', old: NUMBER, new: OTHER_NUMBER }, IDLE);
  t.same(desk.names.changed, ['bob']);
  desk.take({ event: 'trusted', with: 'bob', number: OTHER_NUMBER }, IDLE);
  t.same(desk.names.changed, []);
});

t.test('in a script, lines behind a call are for that peer', async (t) => {
  const desk = new Desk(true);
  desk.expect('bob');
  t.same(desk.front, { at: 'calling', with: 'bob' });
  desk.take({ event: 'refused', with: 'bob' }, IDLE);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.expect('bob');
  desk.take(chatWith('bob'), IDLE);
  t.same(desk.front, { at: 'chat', with: 'bob' });
  desk.take(leftBy('bob'), IDLE);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.expect('bob');
  desk.calls.add('bob');
  desk.take({ event: 'cancelled', with: 'bob' }, IDLE);
  t.same(desk.front, { at: 'server' }, 'taken back by the person');
  desk.expect('bob');
  desk.take({ event: 'lost', text: '', retry: 1 }, IDLE);
  t.same(desk.front, { at: 'ended', with: 'bob' });
});
