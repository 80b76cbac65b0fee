import { PassThrough } from 'node:stream';
import type { Command, Event } from '../../../client/engine/protocol.js';
import { runTerminal } from '../../../client/ui/terminal/index.js';
import { complete } from '../../../client/ui/terminal/completion.js';
import { isOneWord, parse } from '../../../client/ui/terminal/parse.js';
import { palette } from '../../../client/ui/terminal/palette.js';
import { pastedIntoLine, textOfLine } from '../../../client/ui/terminal/paste.js';
import { render } from '../../../client/ui/terminal/row.js';
import { show } from '../../../client/ui/terminal/show.js';
import { closest } from '../../../client/ui/terminal/suggest.js';
import { dayFrom } from '../../../client/ui/terminal/time.js';
import { readHiddenLine } from '../../../common/cli/hidden-line.js';
import { isUsername } from '../../../common/wire/username.js';
import { chatWith, FakeEngine, leftBy, NUMBER, OTHER_NUMBER, ready } from '../../support/fake-engine.js';
import { ManualClock } from '../../support/manual-clock.js';
import { VirtualKeys, VirtualTerminal } from '../../support/virtual-terminal.js';
import { bytesOf, check, type Target } from '../target.js';
import { columnsOf, isSafe, textTokens } from '../unsafe-text.js';
import { everyEvent } from './events.js';

const lines = bytesOf(
  'listx', 'list al', 'chatbob', 'chat bob', '/chat bob', 'acptalice', 'cachbob', 'refu user3', '/switch -', '/trust bob 12345 67890', '//slash', 'hello there', 'exitx',
  '/exit', 'helpx', '/compared', 'verify bob', 'a line of four words',
);
const wide = Buffer.from(' '.repeat(40_000));
const names = { users: ['bob', 'constructor'], requests: ['alice'], calls: [], chats: ['user3'], peers: ['bob'], changed: [] };

const line: Target = {
  name: 'typed line', errors: [], inputs: 15_000, seeds: lines, tokens: [...lines, ...textTokens, wide], max: 65_536,
  covers: ['client/ui/terminal/parse.ts parse', 'client/ui/terminal/parse.ts isOneWord', 'client/ui/terminal/completion.ts complete', 'client/ui/terminal/suggest.ts closest'],
  run(input) {
    const typed = input.toString('utf8');
    const all = (['server', 'chat', 'ended'] as const).map((where) => ({ where, parsed: parse(typed, where, ['bob']) }));
    for (const { where, parsed } of all) {
      // Words for a peer go to the peer as they were typed, and are nothing else.
      if (parsed.is === 'text') check(where !== 'server' && (parsed.text === typed || `/${parsed.text}` === typed), 'another text');
      if (parsed.is === 'command') check(!parsed.argument.includes('\n') && typed.includes(parsed.argument), 'another argument');
      if (where === 'chat' && parsed.is === 'command') check(typed.startsWith('/'), 'a command in a chat');
    }
    const [found, part] = complete(typed, 'server', names);
    check(found.every((one) => one.startsWith(part)) && typed.endsWith(part), 'completes what was not typed');
    check(!isOneWord(typed) || !/\s/.test(typed), 'more than a word');
    closest(typed.slice(0, 40), 'slash');
    return all.map(({ parsed }) => parsed.is).join();
  },
};

const pasted: Target = {
  name: 'pasted text', covers: [], errors: [], inputs: 10_000, seeds: bytesOf('a line', 'two\nlines\n', 'a\r\nb\rc\u2028d'), tokens: textTokens,
  run(input) {
    const text = input.toString('utf8');
    const typed = pastedIntoLine(text);
    check(!/(?!\t)\p{Cc}/u.test(typed), 'lets a control character through');
    check(typed.length <= text.length && pastedIntoLine(textOfLine(typed)).length <= typed.length, 'grows');
  },
};

const context = { now: new Date(0), before: { chat: true, calling: false, wasOnline: true }, inFront: true, didactic: true };
const SGR = /\x1b\[[\d;]*m/g;

const shown: Target = {
  name: 'events on a terminal', covers: ['client/ui/terminal/time.ts dayFrom'], errors: [], inputs: 3_000, tokens: textTokens, max: 1_000,
  seeds: bytesOf('hello', 'grüße, 你好 👩‍👩‍👧', 'a b\n12:00 alice: forged', 'x'.repeat(200), 'ab\u202ecd\x1b[2J', 'e\u0301'.repeat(40)),
  run(input) {
    const text = input.toString('utf8');
    const events = everyEvent(text, input.length % 2 === 0 ? 'sixteen-letters-' : 'bob');
    const event = events[input.length % events.length]!;
    for (const columns of [20, 80, Infinity]) {
      const rows = show(event, { ...context, textOf: () => text }).flatMap((row) => render(row, columns, palette(true)));
      check(rows.length <= 20 * text.length + 100, 'rows without an end');
      for (const row of rows) {
        const plain = row.replace(SGR, '');
        check(isSafe(plain, false), `shows ${JSON.stringify(row)}`);
        // A row that the terminal breaks itself would let a text from others start a row.
        check(columnsOf(plain) < Math.max(columns, 24), `${columnsOf(plain)} columns in ${JSON.stringify(plain)}`);
        check(/^(\d\d:\d\d | {6})/.test(plain), `starts a row: ${JSON.stringify(plain)}`);
      }
    }
    check(dayFrom(text).length <= Math.max(text.length, 30), 'a day');
    return event.event;
  },
};

/** As the engine answers, at once. */
const answers = (command: Command): Event[] => {
  const name = 'with' in command ? command.with : 'bob';
  if (!isUsername(name)) return [{ event: 'error', code: 'bad-name', text: `${name} is not a username.`, with: name }];
  switch (command.do) {
    case 'accept': return [chatWith(name, { role: 'receiver' })];
    case 'cancel': return [{ event: 'cancelled', with: name }];
    case 'exit': return [{ event: 'closed', status: 0, text: 'Goodbye.' }];
    case 'chat': return [{ event: 'calling', with: command.with }, chatWith(command.with)];
    case 'leave': return [leftBy(command.with, { by: 'me' })];
    case 'trust': return [{ event: 'trusted', with: command.with, number: command.number }];
    default: return [];
  }
};

const keysOf = bytesOf(
  '\r', '\n', '\t', '\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D', '\x1b[3~', '\x1b[H', '\x1b[F', '\x1b[200~', '\x1b[201~', '\x1b', '\x7f', '\b', '\x01', '\x04', '\x05', '\x0b',
  '\x0e', '\x10', '\x15', '\x17', '\x19', '\x1by', '\x1bd', '\x1bb', '\x1f', '\x1e', '\x1b[1;5C', '\x1b[Z', '\x1bOP', '\x1b[99999;1u', '\x03', '\x1a', '\x12', '\x14',
);

/** Ctrl-L: the terminal of these tests does not go home. */
const CTRL_L = 0x0c;

/** What is drawn goes through a terminal that throws at a sequence it does not know. */
const keyboard: Target = {
  name: 'keyboard', covers: [], errors: [], inputs: 600, tokens: [...keysOf, ...textTokens, ...lines], max: 600,
  seeds: [...lines, ...bytesOf('chatbob\rhello\r\x1b[200~two\nlines\x1b[201~\r/exit\r', 'ch\t bob\t\r\x1b[A\x1b[A\x7f\x7f\r', '/trust bob\ryes\r', '\x03', '你好👩‍👩‍👧\x1b[D\x1b[D\x7f\r')],
  async run(input) {
    const engine = new FakeEngine(answers);
    const [keys, screen, clock] = [new VirtualKeys(), new VirtualTerminal(20 + (input.length % 70)), new ManualClock()];
    const typed = Buffer.from(input).filter((byte) => byte !== CTRL_L);
    const listeners = process.listenerCount('SIGTERM');
    // Ctrl-Z would stop this process too.
    const kill = process.kill;
    process.kill = () => true;
    try {
      const status = runTerminal(engine, { input: keys, output: screen }, { user: 'alice', colour: input.length % 2 === 0, didactic: false, clock });
      engine.say(ready, { event: 'request', with: 'alice' }, { event: 'key-changed', with: 'bob', old: NUMBER, new: OTHER_NUMBER });
      for (let at = 0, size = 1 + (input.length % 7); at < typed.length; at += size) keys.emit('data', typed.subarray(at, at + size));
      engine.say({ event: 'message', with: 'bob', text: input.toString('utf8'), sent: 1 }, { event: 'closed', status: 0, text: 'Goodbye.' });
      check([0, 130].includes(await status), 'another exit status');
    } finally {
      process.kill = kill;
      keys.emit('data', Buffer.from('x'));
      process.removeAllListeners('SIGCONT');
    }
    check(!/[\0-\x06\x0e-\x1a\x1c-\x1f\x7f-\x9f]/.test(screen.raw), 'shows what does harm');
    check(!keys.isRaw && screen.modes.at(-1) === '?2004l', 'the terminal stays as it was not');
    check(engine.listeners === 0 && clock.pending === 0 && process.listenerCount('SIGTERM') === listeners, 'something is left behind');
    return engine.done.map((command) => command.do).slice(0, 2).join();
  },
};

const pipe: Target = {
  name: 'lines through a pipe', covers: [], errors: [], inputs: 700, tokens: [...bytesOf('\n', '\r\n', '\r'), ...lines, ...textTokens], max: 2_000,
  seeds: bytesOf('listx\nchatbob\nhello\n/exit\nexitx\n', 'chatbob\nfirst\nlist of things', 'acptalice\n\n\nverify\n'),
  async run(input) {
    const engine = new FakeEngine(answers);
    const [given, output, clock] = [new PassThrough(), new PassThrough(), new ManualClock()];
    let written = '';
    output.on('data', (chunk: Buffer) => (written += chunk.toString()));
    const status = runTerminal(engine, { input: given, output }, { user: 'alice', colour: false, didactic: false, clock });
    engine.say(ready, { event: 'request', with: 'alice' });
    given.end(input);
    // Texts that nobody confirms are waited for, and not for ever.
    for (let tries = 0; tries < 200 && !engine.done.some((command) => command.do === 'exit'); tries++) {
      await new Promise(setImmediate);
      clock.advance(30_000);
    }
    check(await status === 0, 'another exit status');
    await new Promise(setImmediate);
    check(isSafe(written, true), 'writes what does harm');
    check(clock.pending === 0 && engine.listeners === 0, 'something is left behind');
  },
};

const hidden: Target = {
  name: 'passphrase typed', covers: ['common/cli/hidden-line.ts readHiddenLine'], errors: ['interrupted'], inputs: 4_000, tokens: [...keysOf, ...textTokens], max: 300,
  seeds: bytesOf('secret\r', 'sec\x7f\x7fret\n', '\x15again\r\nnext', 'é€👍\r'),
  async run(input) {
    const [keys, output] = [new VirtualKeys(), new PassThrough()];
    const reading = readHiddenLine(keys, output, 'Passphrase: ');
    keys.push(input);
    keys.push(null);
    try {
      const line = await reading;
      check(!/[\0-\x1f\x7f]/.test(line), `has a key in it: ${JSON.stringify(line)}`);
    } finally {
      check(!keys.isRaw, 'the terminal stays raw');
      check(String(output.read()) === 'Passphrase: \n', 'shows what was typed');
    }
  },
};

export const terminalTargets: readonly Target[] = [line, pasted, shown, keyboard, pipe, hidden];
