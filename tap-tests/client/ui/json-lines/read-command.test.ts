import { test } from 'tap';
import { readCommand } from '../../../../client/ui/json-lines/read-command.js';

const good: [string, object][] = [
  ['{"do":"list"}', { do: 'list' }],
  ['{"do":"list","prefix":"al"}', { do: 'list', prefix: 'al' }],
  ...['chat', 'cancel', 'accept', 'refuse', 'leave', 'verify', 'compared', 'certificate'].map((name): [string, object] =>
    [`{"do":"${name}","with":"bob"}`, { do: name, with: 'bob' }]),
  ['{"do":"say","with":"bob","text":"two\\nlines \\u0000 \\ud83d\\ude00"}', { do: 'say', with: 'bob', text: 'two\nlines \0 😀' }],
  ['{"do":"say","with":"bob","text":"","id":"7"}', { do: 'say', with: 'bob', text: '', id: '7' }],
  ['{"do":"trust","with":"bob","number":"12345 67890"}', { do: 'trust', with: 'bob', number: '12345 67890' }],
  ...['join', 'members', 'leave'].map((name): [string, object] =>
    [`{"do":"${name}","room":"kitchen"}`, { do: name, room: 'kitchen' }]),
  ...['invite', 'remove', 'admin'].map((name): [string, object] =>
    [`{"do":"${name}","with":"bob","room":"kitchen"}`, { do: name, room: 'kitchen', with: 'bob' }]),
  ['{"do":"say","room":"kitchen","text":"all","id":"7"}', { do: 'say', room: 'kitchen', text: 'all', id: '7' }],
  ['  {"do":"exit"}\r', { do: 'exit' }],
  ['{"do":"chat","with":"bob","more":[1,2]}', { do: 'chat', with: 'bob' }],
];

for (const [line, command] of good) test(`read: ${JSON.stringify(line)}`, async (t) => t.same(readCommand(line), command));

const bad: [string, RegExp][] = [
  ['', /not JSON/], ['chat bob', /not JSON/], ['{"do":"exit"', /not JSON/], ['null', /not a JSON object/], ['[]', /not a JSON object/],
  ['"exit"', /not a JSON object/], ['7', /not a JSON object/], ['{}', /"do" has to be one of list, chat/], ['{"do":1}', /"do" has to be/],
  ['{"do":"EXIT"}', /"do" has to be/], ['{"do":"constructor"}', /"do" has to be/], ['{"do":"__proto__"}', /"do" has to be/], ['{"do":"toString"}', /"do"/],
  ['{"do":"chat"}', /"chat" needs "with", a string/], ['{"do":"chat","with":7}', /needs "with"/], ['{"do":"chat","with":null}', /needs "with"/],
  ['{"do":"say","with":"bob"}', /"say" needs "text"/], ['{"do":"say","with":"bob","text":"x","id":7}', /"id"/], ['{"do":"list","prefix":null}', /"prefix"/],
  ['{"do":"join"}', /"join" needs "room", a string/], ['{"do":"join","with":"kitchen"}', /"join" needs "room"/],
  ['{"do":"invite","room":"kitchen"}', /"invite" needs "with"/], ['{"do":"invite","with":"bob"}', /"invite" needs "room"/],
  ['{"do":"leave"}', /"leave" needs "with", or "room", a string/], ['{"do":"say","text":"x"}', /"say" needs "with", or "room"/],
  ['{"do":"leave","with":"bob","room":"bob"}', /"leave" has "with" or "room", not both/],
  ['{"do":"say","with":"bob","room":"kitchen","text":"x"}', /not both/], ['{"do":"say","room":7,"text":"x"}', /needs "room"/],
  ['{"do":"say","room":"kitchen"}', /"say" needs "text"/], ['{"do":"chat","room":"kitchen"}', /"chat" needs "with"/],
  ['{"do":"certificate"}', /"certificate" needs "with"/], ['{"do":"part","room":"kitchen"}', /"do" has to be/],
  [`{"do":"say","with":"bob","text":"x","id":"${'i'.repeat(129)}"}`, /at most 128/], ['{"do":"trust","with":"bob"}', /"number"/],
];

for (const [line, message] of bad) {
  test(`refused: ${line.slice(0, 60)}`, async (t) => t.throws(() => readCommand(line), { name: 'WireError', code: 'malformed', message }));
}

test('keys with a meaning elsewhere set nothing', async (t) => {
  const command = readCommand('{"__proto__":{"with":"anybody","polluted":1},"constructor":{"x":1},"do":"chat","with":"bob"}');
  t.same(Object.keys(command), ['do', 'with']);
  t.equal((command as { polluted?: number }).polluted, undefined);
  t.equal(({} as { polluted?: number }).polluted, undefined);
  t.throws(() => readCommand('{"__proto__":{"with":"bob"},"do":"chat"}'), { message: /needs "with"/ });
});
