import t from 'tap';
import { commandNames, commands } from '../../../../client/ui/terminal/commands.js';
import { isOneWord, parse } from '../../../../client/ui/terminal/parse.js';
import { closest } from '../../../../client/ui/terminal/suggest.js';

const command = (name: string, argument = '') => ({ is: 'command', command: name, argument });

t.test('the server prompt takes commands with and without a space, and behind a slash', async (t) => {
  const cases: [string, string, string?][] = [
    ['listx', 'list'], ['list', 'list'], ['list al', 'list', 'al'], ['/list', 'list'], ['/list al', 'list', 'al'],
    ['chatbob', 'chat', 'bob'], ['chat bob', 'chat', 'bob'], ['  chat   bob ', 'chat', 'bob'], ['/chat bob', 'chat', 'bob'],
    ['acptalice', 'accept', 'alice'], ['acpt alice', 'accept', 'alice'], ['accept alice', 'accept', 'alice'], ['/accept', 'accept'],
    ['refualice', 'refuse', 'alice'], ['refuse', 'refuse'], ['refuse alice', 'refuse', 'alice'], ['cachbob', 'cancel', 'bob'],
    ['cancel bob', 'cancel', 'bob'], ['helpx', 'help'], ['help', 'help'], ['exitx', 'quit'], ['exit', 'quit'], ['quit', 'quit'],
    ['/exit', 'leave'], ['/quit', 'quit'], ['/back', 'back'], ['/switch -', 'switch', '-'], ['switch bob', 'switch', 'bob'],
    ['/trust bob 12345 67890', 'trust', 'bob 12345 67890'], ['/verify', 'verify'], ['/compared bob', 'compared', 'bob'],
    ['join kitchen', 'join', 'kitchen'], ['/join kitchen', 'join', 'kitchen'], ['/invite bob kitchen', 'invite', 'bob kitchen'],
    ['/members', 'members'], ['/remove bob', 'remove', 'bob'], ['/admin bob', 'admin', 'bob'], ['cert bob', 'cert', 'bob'],
    ['/switch #kitchen', 'switch', '#kitchen'], ['helpx rooms', 'help', 'rooms'], ['/leave', 'leave'],
  ];
  for (const [line, name, argument] of cases) t.same(parse(line, 'server'), command(name, argument), line);
});

t.test('what is no command is never a guess', async (t) => {
  t.same(parse('', 'server'), { is: 'nothing' });
  t.match(parse('hello bob', 'server'), { is: 'unknown', word: 'hello', slash: false });
  t.match(parse('lsitx', 'server'), { is: 'unknown', suggestion: 'listx' });
  t.match(parse('chta bob', 'server'), { is: 'unknown', suggestion: 'chat' });
  t.match(parse('chatty people here', 'server'), { is: 'unknown' }, 'two words are no name');
  t.match(parse('chatbob!', 'server'), { is: 'unknown' });
  t.match(parse('listen', 'server'), { is: 'unknown' });
  t.match(parse('listx al', 'server'), { is: 'surplus', word: 'listx' });
  t.match(parse('exitx now', 'server'), { is: 'surplus' });
  t.match(parse('listx\nexitx', 'server'), { is: 'surplus' }, 'one command a line');
  t.match(parse('chat bob\nhello', 'server'), { is: 'surplus' });
  t.match(parse('/quit\nmore', 'chat'), { is: 'surplus', word: '/quit' });
});

t.test('in a chat lines are text, but for the slash', async (t) => {
  for (const text of ['listx', 'exit', 'chatbob', ' /quit', '  two ', 'a\n/quit']) {
    t.same(parse(text, 'chat'), { is: 'text', text });
  }
  t.same(parse('//etc/hosts', 'chat'), { is: 'text', text: '/etc/hosts' });
  t.match(parse('/etc/hosts', 'chat'), { is: 'unknown', word: '/etc/hosts', slash: true });
  t.same(parse('/exit', 'chat'), command('leave'));
  t.match(parse('/exit now', 'chat'), { is: 'surplus', word: '/exit' });
  t.match(parse('/swtich bob', 'chat'), { is: 'unknown', suggestion: '/switch' });
  t.same(parse('   ', 'chat'), { is: 'nothing' });
});

t.test('where a chat has ended only the unmistakable is a command', async (t) => {
  for (const text of ['exit', 'list of things', 'chat with me', 'chatty', 'chatuser3', 'quit', 'help', ' exitx']) {
    t.same(parse(text, 'ended', ['bob']), { is: 'text', text });
  }
  t.same(parse('exitx', 'ended'), command('quit'));
  t.same(parse('chatbob', 'ended', ['bob']), command('chat', 'bob'));
  t.same(parse('/list', 'ended'), command('list'));
});

t.test('one word', async (t) => {
  for (const line of ['listx', 'cachbob', 'exit']) t.ok(isOneWord(line));
  for (const line of ['cach bob', 'hello', '', 'list al']) t.notOk(isOneWord(line));
});

t.test('every command can be reached by a slash, and every word is its own', async (t) => {
  for (const how of ['plain', 'slash'] as const) {
    const words = commandNames.flatMap((name) => commands[name][how]);
    t.equal(new Set(words).size, words.length);
  }
  for (const name of commandNames) t.ok(commands[name].slash.length > 0, name);
  t.equal(closest('xyzzy', 'plain'), undefined);
  t.equal(closest('EXIT', 'slash'), '/exit');
});
