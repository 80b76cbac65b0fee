import t from 'tap';
import { complete } from '../../../../client/ui/terminal/completion.js';

const names = {
  users: ['bob', 'alfred', 'bob'], requests: ['user3'], calls: ['bob'], chats: ['alice', 'bob'], peers: ['alice'], changed: ['user3'],
  topics: ['rooms'], rooms: ['attic'], open: ['kitchen'], members: ['bob', 'user3'],
};

t.test('words and names at the server prompt', async (t) => {
  t.same(complete('li', 'server', names), [['listx'], 'li']);
  t.same(complete('chat', 'server', names), [['chat ', 'chatalfred', 'chatbob'], 'chat']);
  t.same(complete('joi', 'server', names), [['join '], 'joi']);
  t.same(complete('chatb', 'server', names), [['chatbob'], 'chatb']);
  t.same(complete('acpt', 'server', names), [['acpt ', 'acptuser3'], 'acpt']);
  t.same(complete('chat b', 'server', names), [['bob'], 'b']);
  t.same(complete('trust ', 'server', names), [['user3'], '']);
  t.same(complete('trust user3 1', 'server', names), [[], 'trust user3 1']);
  t.same(complete('nothing b', 'server', names), [[], 'b']);
  t.same(complete('helpx b', 'server', names), [[], 'b']);
});

t.test('behind a slash everywhere, and nothing else in a chat', async (t) => {
  t.same(complete('/sw', 'chat', names), [['/switch '], '/sw']);
  t.same(complete('/switch ', 'chat', names), [['alice', 'bob'], '']);
  t.same(complete('/accept u', 'server', names), [['user3'], 'u']);
  t.same(complete('/join ', 'chat', names), [['attic'], '']);
  t.same(complete('/members k', 'chat', names), [['kitchen'], 'k']);
  t.same(complete('/remove ', 'chat', names), [['bob', 'user3'], '']);
  t.same(complete('/invite al', 'chat', names), [['alfred'], 'al']);
  t.same(complete('/help ', 'chat', names), [['rooms'], '']);
  t.same(complete('li', 'chat', names), [[], 'li']);
  t.same(complete('//li', 'chat', names), [[], '//li']);
  t.same(complete('li', 'ended', names), [[], 'li']);
});
