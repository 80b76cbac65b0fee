import { complete } from '../../../client/ui/terminal/completion.js';
import { palette } from '../../../client/ui/terminal/palette.js';
import { isOneWord, parse } from '../../../client/ui/terminal/parse.js';
import { pastedIntoLine, textOfLine } from '../../../client/ui/terminal/paste.js';
import { render } from '../../../client/ui/terminal/row.js';
import { show } from '../../../client/ui/terminal/show.js';
import { closest } from '../../../client/ui/terminal/suggest.js';
import { dayFrom } from '../../../client/ui/terminal/time.js';
import { bytesOf, check, type Target } from '../target.js';
import { columnsOf, isSafe, textTokens } from '../unsafe-text.js';
import { everyEvent } from './events.js';

/** Lines that a person types or pastes, and rows that a person is shown. */
export const typedLines = bytesOf(
  'listx', 'list al', 'chatbob', 'chat bob', '/chat bob', 'acptalice', 'cachbob', 'refu user3', '/switch -', '//slash',
  '/trust bob 12345 67890', 'hello there', 'exitx', '/exit', 'helpx', '/compared', 'verify bob', 'a line of four words',
  '/join kitchen', '/invite bob kitchen', '/members', '/remove bob', '/admin bob', 'cert bob', '/switch #kitchen',
);

const WIDE_GAP = Buffer.from(' '.repeat(40_000));
const names = {
  users: ['bob', 'constructor'], requests: ['alice'], calls: [], chats: ['user3'], peers: ['bob'], changed: [],
  topics: ['rooms'], rooms: ['attic'], open: ['kitchen'], members: ['bob'],
};
const places = ['server', 'chat', 'ended'] as const;

const line: Target = {
  name: 'typed line',
  covers: [
    'client/ui/terminal/parse.ts parse', 'client/ui/terminal/parse.ts isOneWord',
    'client/ui/terminal/completion.ts complete', 'client/ui/terminal/suggest.ts closest',
  ],
  errors: [], inputs: 4_000, seeds: typedLines, tokens: [...typedLines, ...textTokens, WIDE_GAP], max: 65_536,
  run(input) {
    const typed = input.toString('utf8');
    const all = places.map((where) => ({ where, parsed: parse(typed, where, ['bob']) }));
    for (const { where, parsed } of all) {
      // Words for a peer go to the peer as they were typed, and are nothing else.
      const isSame = parsed.is === 'text' && (parsed.text === typed || `/${parsed.text}` === typed);
      check(parsed.is !== 'text' || (isSame && where !== 'server'), 'another text');
      check(parsed.is !== 'command' || typed.includes(parsed.argument), 'another argument');
      check(parsed.is !== 'command' || !parsed.argument.includes('\n'), 'an argument of two lines');
      check(parsed.is !== 'command' || where !== 'chat' || typed.startsWith('/'), 'a command in a chat');
    }
    const [found, part] = complete(typed, 'server', names);
    check(found.every((one) => one.startsWith(part)) && typed.endsWith(part), 'completes what was not typed');
    check(!isOneWord(typed) || !/\s/.test(typed), 'more than a word');
    closest(typed.slice(0, 40), 'slash');
    return all.map(({ parsed }) => parsed.is).join();
  },
};

const pasted: Target = {
  name: 'pasted text',
  covers: ['client/ui/terminal/paste.ts pastedIntoLine', 'client/ui/terminal/paste.ts textOfLine'],
  errors: [], inputs: 10_000, seeds: bytesOf('a line', 'two\nlines\n', 'a\r\nb\rc\u2028d'), tokens: textTokens,
  run(input) {
    const text = input.toString('utf8');
    const typed = pastedIntoLine(text);
    check(!/(?!\t)\p{Cc}/u.test(typed), 'lets a control character through');
    check(typed.length <= text.length && pastedIntoLine(textOfLine(typed)).length <= typed.length, 'grows');
  },
};

const before = { chat: true, calling: false, wasOnline: true };
const context = { now: new Date(0), before, user: 'alice', inFront: true, didactic: true };
const SGR = /\x1b\[[\d;]*m/g;
/** The narrowest that rows are made for. */
const COLUMNS_MIN = 24;

function checkRow(row: string, columns: number): void {
  const plain = row.replace(SGR, '');
  check(isSafe(plain, false), `shows ${JSON.stringify(row)}`);
  // A row that the terminal breaks itself would let a text from others start a row.
  const width = columnsOf(plain);
  check(width < Math.max(columns, COLUMNS_MIN), `${width} columns in ${JSON.stringify(plain)}`);
  check(/^(\d\d:\d\d | {6})/.test(plain), `starts a row: ${JSON.stringify(plain)}`);
}

const shown: Target = {
  name: 'events on a terminal',
  covers: [
    'client/ui/terminal/time.ts dayFrom', 'client/ui/terminal/show.ts show', 'client/ui/terminal/row.ts render',
  ],
  errors: [], inputs: 1_000, tokens: textTokens, max: 1_000,
  seeds: bytesOf(
    'hello', 'grüße, 你好 👩‍👩‍👧', 'a b\n12:00 alice: forged', 'x'.repeat(200), 'ab\u202ecd\x1b[2J', 'e\u0301'.repeat(40),
  ),
  run(input) {
    const text = input.toString('utf8');
    const events = everyEvent(text, input.length % 2 === 0 ? 'sixteen-letters-' : 'bob');
    const event = events[input.length % events.length]!;
    for (const columns of [20, 80, Infinity]) {
      const made = show(event, { ...context, markOf: () => '', textOf: () => text });
      const rows = made.flatMap((row) => render(row, columns, palette(true)));
      check(rows.length <= 20 * text.length + 100, 'rows without an end');
      for (const row of rows) checkRow(row, columns);
    }
    check(dayFrom(text).length <= Math.max(text.length, 30), 'a day');
    return event.event;
  },
};

export const lineTargets: readonly Target[] = [line, pasted, shown];
