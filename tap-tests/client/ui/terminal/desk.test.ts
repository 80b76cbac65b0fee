import t from 'tap';
import { Desk } from '../../../../client/ui/terminal/desk.js';
import { chatWith, leftBy, NUMBER, OTHER_NUMBER, ready } from '../../../support/fake-engine.js';

const TYPING = true;
const IDLE = false;

t.test('a new chat takes the front from the server prompt alone', async (t) => {
  const desk = new Desk(false);
  desk.take(chatWith('bob'), TYPING);
  t.same(desk.front, { at: 'server' }, 'a command is being typed');
  desk.take(chatWith('carol'), IDLE);
  t.same(desk.front, { at: 'chat', with: 'carol' });
  desk.take(chatWith('dan'), IDLE);
  t.same(desk.front, { at: 'chat', with: 'carol' }, 'the next line may be for carol');
  t.same(desk.names.chats, ['bob', 'carol', 'dan']);
});

t.test('a chat that ends stays in front while a line is typed for it', async (t) => {
  const desk = new Desk(false);
  desk.take(chatWith('bob'), IDLE);
  desk.take(leftBy('bob'), TYPING);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.take(chatWith('carol'), TYPING);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.take(chatWith('bob'), TYPING);
  t.same(desk.front, { at: 'chat', with: 'bob' }, 'the line was for this peer');
  desk.take(leftBy('bob', { reason: 'disconnected', by: 'relay' }), IDLE);
  t.same(desk.front, { at: 'server' }, 'nothing was typed');
  desk.bring('carol');
  desk.take(leftBy('carol', { by: 'me' }), TYPING);
  t.same(desk.front, { at: 'server' }, 'asked for');
  desk.take(leftBy('dan'), TYPING);
  t.same(desk.front, { at: 'server' }, 'of another chat');
});

t.test('unread texts', async (t) => {
  const desk = new Desk(false);
  desk.take(chatWith('bob'), IDLE);
  desk.take(chatWith('carol'), IDLE);
  desk.take({ event: 'message', with: 'carol', text: 'a', sent: 1 }, IDLE);
  desk.take({ event: 'message', with: 'bob', text: 'a', sent: 1 }, IDLE);
  t.same([...desk.chats], [['bob', 0], ['carol', 1]]);
  desk.bring('carol');
  t.same([...desk.chats], [['bob', 0], ['carol', 0]]);
});

t.test('calls, requests and changed keys come and go', async (t) => {
  const desk = new Desk(false);
  desk.take(ready, IDLE);
  desk.take({ event: 'request', with: 'bob' }, IDLE);
  desk.take({ event: 'calling', with: 'carol' }, IDLE);
  t.match(desk.take({ event: 'cancelled', with: 'carol' }, IDLE), { calling: true });
  t.same([...desk.calls], []);
  desk.calls.add('carol');
  desk.take({ event: 'error', code: 'exists', text: '', with: 'carol' }, IDLE);
  t.same([...desk.calls], ['carol'], 'the first call goes on');
  desk.take({ event: 'error', code: 'calling-you', text: '', with: 'bob' }, IDLE);
  t.same([...desk.requests], ['bob']);
  desk.take({ event: 'error', code: 'no-answer', text: '', with: 'carol' }, IDLE);
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
