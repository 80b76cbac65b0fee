import t from 'tap';
import { Desk } from '../../../../client/ui/terminal/desk.js';
import {
  chatWith, joined, leftBy, member, NUMBER, OTHER_NUMBER, outOf, ready, saidIn,
} from '../../../support/fake-engine.js';

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
  desk.bring({ with: 'user3' });
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
  desk.bring({ with: 'user3' });
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
  desk.expect({ with: 'bob' });
  t.same(desk.front, { at: 'calling', with: 'bob' });
  desk.take({ event: 'refused', with: 'bob' }, IDLE);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.expect({ with: 'bob' });
  desk.take(chatWith('bob'), IDLE);
  t.same(desk.front, { at: 'chat', with: 'bob' });
  desk.take(leftBy('bob'), IDLE);
  t.same(desk.front, { at: 'ended', with: 'bob' });
  desk.expect({ with: 'bob' });
  desk.calls.add('bob');
  desk.take({ event: 'cancelled', with: 'bob' }, IDLE);
  t.same(desk.front, { at: 'server' }, 'taken back by the person');
  desk.expect({ with: 'bob' });
  desk.take({ event: 'lost', text: '', retry: 1 }, IDLE);
  t.same(desk.front, { at: 'ended', with: 'bob' });
});

t.test('a room comes to the front where the person asked for it, and nowhere else', async (t) => {
  const desk = new Desk(false);
  desk.take(joined('lobby'), IDLE);
  t.same(desk.front, { at: 'server' }, 'entered again by itself');
  desk.expect({ room: 'kitchen' });
  desk.take(joined('kitchen'), IDLE);
  t.same(desk.front, { at: 'chat', room: 'kitchen' });
  desk.take(outOf('kitchen', { reason: 'disconnected' }), IDLE);
  desk.take(outOf('lobby', { reason: 'disconnected' }), IDLE);
  t.same(desk.front, { at: 'server' });
  desk.take(joined('lobby'), IDLE);
  t.same(desk.front, { at: 'server' }, 'the next line is for no other room');
  desk.take(joined('kitchen'), IDLE);
  t.same(desk.front, { at: 'chat', room: 'kitchen' }, 'the one that was in front');
  desk.expect({ room: 'attic' });
  desk.take(joined('attic'), IDLE);
  t.same(desk.front, { at: 'chat', room: 'kitchen' }, 'never from another room');
  desk.take(outOf('kitchen', { reason: 'removed', by: 'bob' }), TYPING);
  t.same(desk.front, { at: 'ended', room: 'kitchen' });
  desk.take(chatWith('kitchen'), TYPING);
  t.same(desk.front, { at: 'ended', room: 'kitchen' }, 'a user of that name is another');
  desk.take(joined('kitchen'), TYPING);
  t.same(desk.front, { at: 'chat', room: 'kitchen' });
  desk.take(outOf('kitchen'), TYPING);
  t.same(desk.front, { at: 'server' }, 'asked for');
});

t.test('a room that could not be entered does not come to the front later', async (t) => {
  const desk = new Desk(false);
  desk.expect({ room: 'kitchen' });
  desk.take({ event: 'error', room: 'kitchen', code: 'not-a-member', text: '' }, IDLE);
  desk.take(joined('kitchen'), IDLE);
  t.same(desk.front, { at: 'server' });
});

t.test('unread texts of rooms, and of a user called like one', async (t) => {
  const desk = new Desk(false);
  desk.take(chatWith('kitchen'), IDLE);
  desk.take(joined('kitchen'), IDLE);
  desk.take(joined('attic'), IDLE);
  desk.take(saidIn('kitchen', 'bob', 'a'), IDLE);
  desk.take(saidIn('kitchen', 'bob', 'b'), IDLE);
  desk.take(saidIn('attic', 'bob', 'a'), IDLE);
  desk.take({ event: 'message', with: 'kitchen', text: 'in front', sent: 1 }, IDLE);
  const unread = () => [...desk.places].map(([name, place]) => [name, place.unread]);
  t.same(unread(), [['kitchen', 0], ['#kitchen', 2], ['attic', 1]]);
  desk.bring({ room: 'kitchen' });
  desk.take({ event: 'message', with: 'kitchen', text: 'not in front', sent: 1 }, IDLE);
  t.same(unread(), [['kitchen', 1], ['#kitchen', 0], ['attic', 1]]);
  t.same(desk.names.chats, ['kitchen', '#kitchen', 'attic']);
});

t.test('names of rooms and members, as they come and go', async (t) => {
  const desk = new Desk(false);
  desk.take({ event: 'invited', room: 'kitchen', with: 'bob' }, IDLE);
  t.same(desk.names.rooms, ['kitchen']);
  desk.expect({ room: 'kitchen' });
  desk.take(joined('kitchen'), IDLE);
  t.same([desk.names.rooms, desk.names.open], [[], ['kitchen']]);
  desk.take({ event: 'members', room: 'kitchen', epoch: 1, members: [member('bob'), member('user3')] }, IDLE);
  desk.take({ event: 'knock', room: 'kitchen', with: 'user4' }, IDLE);
  t.same(desk.rooms.knocking('kitchen'), ['user4']);
  desk.take({ event: 'changed', room: 'kitchen', what: 'add', with: 'user4', by: 'bob' }, IDLE);
  desk.take({ event: 'changed', room: 'kitchen', what: 'remove', with: 'user3', by: 'bob' }, IDLE);
  t.same(desk.names.members, ['bob', 'user4']);
  t.ok(desk.names.peers.includes('user4'));
  t.same(desk.rooms.knocking('kitchen'), []);
  desk.take(outOf('kitchen'), IDLE);
  t.same([desk.names.rooms, desk.names.open, desk.names.members], [['kitchen'], [], []]);
});
