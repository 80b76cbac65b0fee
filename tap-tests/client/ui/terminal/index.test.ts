import { PassThrough } from 'node:stream';
import t from 'tap';
import type { Command, Event } from '../../../../client/engine/protocol.js';
import { runTerminal } from '../../../../client/ui/terminal/index.js';
import { chatWith, FakeEngine, leftBy, NUMBER, OTHER_NUMBER, ready } from '../../../support/fake-engine.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { VirtualKeys, VirtualTerminal } from '../../../support/virtual-terminal.js';

const closed: Event = { event: 'closed', status: 0, text: 'Goodbye.' };
const goodbye = (command: Command): Event[] => (command.do === 'exit' ? [closed] : []);

function onTerminal(answer = goodbye, columns = 80) {
  const engine = new FakeEngine(answer);
  const keys = new VirtualKeys();
  const screen = new VirtualTerminal(columns);
  const clock = new ManualClock();
  const status = runTerminal(engine, { input: keys, output: screen }, { user: 'alice', colour: false, didactic: false, clock });
  engine.say(ready);
  return { engine, keys, screen, clock, status, last: (rows = 1) => screen.text.slice(-rows) };
}

t.test('a chat from the request to the end', async (t) => {
  const { engine, keys, screen, status, clock, last } = onTerminal();
  t.ok(engine.started);
  t.same(last(), ['[SERVER-COMMAND]->']);
  await keys.type('chatbob\r');
  engine.say({ event: 'calling', with: 'bob' }, chatWith('bob'));
  t.same(last(), ['[CHAT bob]->']);
  await keys.type('hello\r');
  t.match(last(2)[0], /^\d\d:\d\d alice: hello$/, 'in the place of the line as it was typed');
  await keys.type('a line half typed');
  engine.say({ event: 'message', with: 'bob', text: 'hi\n12:00 alice: forged', sent: 1 });
  t.match(last(3).join('\n'), /^\d\d:\d\d bob: hi\n {6}\| 12:00 alice: forged\n\[CHAT bob\]-> a line half typed$/);
  await keys.type(' and sent\r//slash\r/nothing\r');
  await keys.type('/exit\r');
  engine.say(leftBy('bob', { by: 'me', unconfirmed: ['t3'] }));
  t.match(last(4).join('\n'), /You have left[^]*not confirmed before you left:\n {6}\| \/slash\n\[SERVER-COMMAND\]->$/);
  await keys.type('exitx\r');
  t.equal(await status, 0);
  t.same(engine.done, [
    { do: 'chat', with: 'bob' }, { do: 'say', with: 'bob', text: 'hello', id: 't1' },
    { do: 'say', with: 'bob', text: 'a line half typed and sent', id: 't2' }, { do: 'say', with: 'bob', text: '/slash', id: 't3' },
    { do: 'leave', with: 'bob' }, { do: 'exit' },
  ]);
  t.same(screen.modes, ['?2004h', '?2004l']);
  t.notOk(keys.isRaw);
  t.equal(engine.listeners, 0);
  t.equal(clock.pending, 0);
});

t.test('text meant for bob reaches nobody else, and is no command', async (t) => {
  const { engine, keys, status, last } = onTerminal();
  engine.say(chatWith('bob'), chatWith('user3'));
  await keys.type('list');
  engine.say(leftBy('bob'));
  t.same(last(), ['[CHAT bob ENDED]-> list']);
  engine.say({ event: 'message', with: 'user3', text: 'over here', sent: 1 });
  await keys.type(' of things\rexit\r');
  t.same(engine.take(), []);
  await keys.type('\r');
  t.same(last(), ['[SERVER-COMMAND +1]->']);
  await keys.type('/switch user3\r');
  t.same(last(), ['[CHAT user3]->']);
  await keys.type('\x1b[A\x1b[A\x1b[A');
  t.same(last(), ['[CHAT user3]->'], 'nor is it offered');
  await keys.type('/switch -\r\x1b[A');
  t.same(last(), ['[SERVER-COMMAND]-> /switch user3'], 'commands are');
  await keys.type('\x03exitx\r');
  t.equal(await status, 0);
});

t.test('a line that was begun goes on where the same chat opens again', async (t) => {
  const { engine, keys, status, last } = onTerminal();
  engine.say(chatWith('bob'));
  await keys.type('half ');
  engine.say(leftBy('bob', { reason: 'disconnected', by: 'relay' }), { event: 'lost', text: 'It broke.', retry: 1_000 });
  t.same(last(), ['[CHAT bob ENDED]-> half']);
  engine.say(ready, chatWith('bob'));
  await keys.type('a line\r/quit\r');
  t.same(engine.done, [{ do: 'say', with: 'bob', text: 'half a line', id: 't1' }, { do: 'exit' }]);
  t.equal(await status, 0);
});

t.test('several chats: what is not in front is marked and counted', async (t) => {
  const { engine, keys, status, last } = onTerminal(goodbye, 40);
  engine.say(chatWith('bob'), chatWith('user3'));
  engine.say({ event: 'message', with: 'user3', text: 'psst', sent: 1 });
  t.match(last(2).join('\n'), /^\d\d:\d\d \[not in front\] user3: psst\n\[CHAT bob \+1\]->$/);
  await keys.type('/switch\r');
  t.match(last(4).join(''), /Open chats: bob \(in front\), +user3 \(1 unread\)/);
  await keys.type('/switch dan\r/switch user3\rto you\r');
  t.match(last(2)[0], /alice to user3: to you/);
  t.match(engine.done, [{ do: 'say', with: 'user3' }]);
  await keys.type('\x04');
  t.match(engine.done.at(-1), { do: 'leave', with: 'user3' });
  engine.say(leftBy('user3', { by: 'me' }));
  await keys.type('\x04');
  t.equal(await status, 0);
});

t.test('a changed key is approved as it was shown, after a yes', async (t) => {
  const changed: Event = { event: 'key-changed', with: 'bob', old: NUMBER, new: OTHER_NUMBER };
  const { engine, keys, status, last } = onTerminal((command) => (command.do === 'trust'
    ? [{ event: 'trusted', with: 'bob', number: command.number }]
    : goodbye(command)));
  engine.say(changed, leftBy('bob', { reason: 'tampered', by: 'me' }));
  for (const no of ['no\r', 'yes please\r', '\r', '\x03', '\x04']) {
    await keys.type('/trust bob\r');
    t.same(last(), ['[COMPARED WITH bob? yes/no]->']);
    await keys.type(no);
    t.same(last(), ['[SERVER-COMMAND]->']);
    t.same(engine.take(), []);
  }
  await keys.type('/trust bob\rYes\r');
  t.same(engine.take(), [{ do: 'trust', with: 'bob', number: OTHER_NUMBER }, { do: 'compared', with: 'bob' }]);
  await keys.type('/trust bob\r');
  t.match(last(2)[0], /No changed key of bob/);
  await keys.type('exitx\r');
  t.equal(await status, 0);
});

t.test('Ctrl-C: asks, quits, and does not wait', async (t) => {
  const listeners = process.listenerCount('SIGTERM');
  const { engine, keys, status, clock } = onTerminal(() => []);
  await keys.type('\x03');
  clock.advance(3_000);
  await keys.type('\x03');
  t.same(engine.done, []);
  await keys.type('\x03');
  t.same(engine.done, [{ do: 'exit' }]);
  await keys.type('\x03');
  t.equal(await status, 130);
  t.equal(process.listenerCount('SIGTERM'), listeners);
});

t.test('signals end it politely', async (t) => {
  const { engine, status, screen } = onTerminal();
  process.emit('SIGTERM', 'SIGTERM');
  t.equal(await status, 0);
  t.same(engine.done, [{ do: 'exit' }]);
  t.equal(screen.modes.at(-1), '?2004l');
});

t.test('the help is one screen', async (t) => {
  const { keys, status, last } = onTerminal();
  await keys.type('helpx\r');
  const shown = last(23);
  t.ok(shown.includes('[SERVER-COMMAND]-> helpx'));
  t.ok(shown.some((row) => row.startsWith('chatbob, chat bob       /chat bob')));
  await keys.type('/help rooms\r');
  t.ok(last(23).includes('[SERVER-COMMAND]-> /help rooms'));
  for (const word of ['join', 'invite', 'members', 'remove', 'admin', 'exit', 'switch']) {
    t.ok(last(15).some((row) => row.slice(24).startsWith(`/${word}`)), word);
  }
  await keys.type('/help signing\r');
  for (const word of ['sign', 'decline']) t.ok(last(15).some((row) => row.slice(24).startsWith(`/${word}`)), word);
  await keys.type('/help me\r');
  t.match(last(2)[0], /There is \/help, and \/help rooms/);
  await keys.type('exitx\r');
  await status;
});

t.test('the day is told when it changes', async (t) => {
  const { engine, keys, clock, screen, status } = onTerminal();
  t.notMatch(screen.text.join('\n'), /---/);
  clock.advance(24 * 3_600_000);
  engine.say({ event: 'request', with: 'bob' });
  t.match(screen.text.at(-3), /^--- \w+day \d+ \w+ \d{4} ---$/);
  await keys.type('exitx\r');
  await status;
});

t.test('through a pipe: lines in order, no colours, no cursor; the end of input quits', async (t) => {
  const engine = new FakeEngine((command) => {
    if (command.do === 'chat') return [{ event: 'calling', with: command.with }];
    if (command.do === 'say' && 'with' in command) return [{ event: 'sent', with: command.with, id: command.id! }];
    return command.do === 'exit' ? [closed] : [];
  });
  const input = new PassThrough();
  const output = new PassThrough();
  const clock = new ManualClock();
  const status = runTerminal(engine, { input, output }, { user: 'alice', colour: false, didactic: false, clock });
  input.end('listx\nchatbob\nhello\nlist of things\n');
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.same(engine.take(), [], 'there is no connection yet');
  engine.say(ready);
  t.same(engine.take(), [{ do: 'list' }, { do: 'chat', with: 'bob' }]);
  engine.say(chatWith('bob'));
  t.match(engine.take(), [{ do: 'say', text: 'hello', id: 't1' }, { do: 'say', text: 'list of things', id: 't2' }]);
  engine.say({ event: 'delivered', with: 'bob', id: 't1' });
  t.same(engine.take(), []);
  engine.say({ event: 'delivered', with: 'bob', id: 't2' });
  t.same(engine.take(), [{ do: 'exit' }]);
  t.equal(await status, 0);
  const shown = String(output.read());
  t.notMatch(shown, /\x1b|\r|\[SERVER/);
  t.match(shown, /alice: hello\n.*alice: list of things\n/);
  t.equal(clock.pending, 0);
});

t.test('through a pipe: what is said behind /sign is signed, or the script ends with status 1', async (t) => {
  for (const agrees of [true, false]) {
    const engine = new FakeEngine(goodbye);
    const [input, output] = [new PassThrough(), new PassThrough()];
    const clock = new ManualClock();
    const status = runTerminal(engine, { input, output }, { user: 'alice', colour: false, didactic: false, clock });
    engine.say(ready);
    input.end('chatbob\n/sign\nI sell it.\nfor 100\n');
    await new Promise((resolve) => setImmediate(resolve));
    t.same(engine.take(), [{ do: 'chat', with: 'bob' }], 'there is nobody yet who could be asked');
    engine.say(chatWith('bob'));
    t.same(engine.take(), [{ do: 'sign', with: 'bob' }], 'the text waits');
    engine.say({ event: agrees ? 'signed' : 'sign-refused', with: 'bob' });
    if (agrees) {
      t.match(engine.take(), [{ do: 'say', text: 'I sell it.' }, { do: 'say', text: 'for 100' }]);
      for (const id of ['t1', 't2']) engine.say({ event: 'delivered', with: 'bob', id });
    }
    t.same(engine.take(), [{ do: 'exit' }]);
    t.equal(await status, agrees ? 0 : 1);
    const end = /Not sent, since the chat with bob is not signed:\n {6}\| I sell it\.\n.*not done either: 1 more/;
    t.equal(end.test(String(output.read())), !agrees);
    t.equal(clock.pending, 0);
  }
});

t.test('on a terminal: what is said behind /sign is shown as waiting, and comes back where it was not sent', async (t) => {
  const { engine, keys, screen, status, last } = onTerminal();
  engine.say(chatWith('bob'));
  await keys.type('/sign\r');
  t.match(last(2).join('\n'), /\* bob is asked to sign. What you say to bob waits for the answer.\n\[CHAT bob, sign\?\]->$/);
  await keys.type('I sell it.\r');
  t.match(last(2)[0], /^\d\d:\d\d \[waits to be signed\] alice: I sell it\.$/);
  const notSent = 'bob has not agreed to sign. Send it again to send it unsigned.';
  engine.say({ event: 'sign-refused', with: 'bob' });
  engine.say({ event: 'error', code: 'not-signed', with: 'bob', id: 't1', text: notSent });
  t.match(last(4).join('\n'), /Not sent: bob has not agreed[^|]*\| I sell it\.\n\[CHAT bob\]->$/);
  await keys.type('I sell it.\r');
  engine.say(leftBy('bob', { by: 'relay', reason: 'disconnected' }), chatWith('bob'));
  t.match(last(2)[0], /This chat is not signed\. \/sign bob proposes it\./);
  await keys.type('exitx\r/sign user3\r/quit\r');
  t.match(screen.text.join('\n'), /\d\d alice: I sell it\.\n/);
  t.notMatch(screen.text.join('\n'), /user3 is asked/, 'there is no chat');
  t.equal(await status, 0);
});

t.test('the status is that of the end', async (t) => {
  const { engine, status } = onTerminal();
  engine.say({ event: 'closed', status: 4, text: 'Refused.' });
  t.equal(await status, 4);
});
