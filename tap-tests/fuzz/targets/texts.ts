import { readAbout } from '../../../client/engine/command-errors.js';
import { readWelcome } from '../../../client/engine/welcome.js';
import { Lines } from '../../../client/ui/json-lines/lines.js';
import { readCommand } from '../../../client/ui/json-lines/read-command.js';
import { harmless } from '../../../common/text/harmless.js';
import { isUsername } from '../../../common/wire/username.js';
import { jsonLine, type LogFields, textLine } from '../../../server/relay/log.js';
import { jsonTokens, mutateJson } from '../json-mutations.js';
import { bytesOf, check, type Target } from '../target.js';
import { isSafe, textTokens } from '../unsafe-text.js';

const welcome: Target = {
  name: 'welc JSON',
  covers: ['client/engine/welcome.ts readWelcome'],
  errors: [], inputs: 25_000, tokens: jsonTokens, max: 1_024, mutate: mutateJson,
  seeds: bytesOf(
    '{"text":"User Login Complete!","rate":{"messages":10,"seconds":5},"idle":1800,"ring":60}',
    '{"rate":{"messages":1,"seconds":0.001},"__proto__":{"messages":1}}',
    '[{"rate":{"messages":10000000,"seconds":3600}}]', '{"rate":null}', 'null', '"rate"', '{"rate":[1,2]}',
  ),
  run(input) {
    const { messages, windowMs } = readWelcome(input.toString('utf8'));
    check(Number.isInteger(messages) && messages >= 1 && messages <= 1e7, `${messages} messages`);
    check(windowMs >= 1 && windowMs <= 3_600_000, `${windowMs} ms`);
    return messages === 10 && windowMs === 5_000 ? 'the usual' : 'another';
  },
};

const oneName = ['chat', 'cancel', 'accept', 'refuse', 'leave', 'verify', 'compared', 'certificate'];
const inRoom = ['join', 'invite', 'members', 'remove', 'admin', 'leave'];

/** The strings that a command may have (README, JSON lines). */
const fields: Readonly<Record<string, readonly string[]>> = {
  list: ['prefix'], say: ['with', 'room', 'text', 'id'], trust: ['with', 'number'], exit: [],
  ...Object.fromEntries(oneName.map((name) => [name, ['with']])),
  ...Object.fromEntries(inRoom.map((name) => [name, ['room', 'with']])),
};

const command: Target = {
  name: 'command line, JSON',
  covers: ['client/ui/json-lines/read-command.ts readCommand'],
  errors: ['malformed'], inputs: 25_000, tokens: jsonTokens, max: 20_000, mutate: mutateJson,
  seeds: bytesOf(
    '{"do":"say","with":"bob","text":"hello","id":"1"}', '{"do":"list","prefix":"al"}', '{"do":"exit"}',
    '{"__proto__":{"do":"exit"},"constructor":{"prototype":{"do":"exit"}},"do":"list"}',
    '{"do":"say","room":"kitchen","text":"hello"}', ...['join', 'members', 'leave'].map((name) => `{"do":"${name}","room":"bob"}`),
    ...['invite', 'remove', 'admin'].map((name) => `{"do":"${name}","room":"kitchen","with":"bob"}`),
    '{"do":"trust","with":"bob","number":"12345"}', ...oneName.map((name) => `{"do":"${name}","with":"bob"}`),
  ),
  run(input) {
    const read = readCommand(input.toString('utf8'));
    check(Object.getPrototypeOf(read) === Object.prototype && Object.hasOwn(fields, read.do), 'another kind of object');
    for (const [name, value] of Object.entries(read)) {
      check(typeof value === 'string' && (name === 'do' || fields[read.do]!.includes(name)), `has ${name}`);
    }
    const isToBoth = 'with' in read && 'room' in read;
    check(!isToBoth || !['say', 'leave'].includes(read.do), 'for a user and a room');
    return read.do;
  },
};

/** What is told of lines that come in these pieces. */
function linesOf(pieces: readonly Buffer[]): string[] {
  const told: string[] = [];
  const reader = new Lines((text) => told.push(`+${text}`), (code) => told.push(`-${code}`));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return told;
}

const lines: Target = {
  name: 'lines',
  covers: ['client/ui/json-lines/lines.ts Lines'],
  errors: [], inputs: 8_000, max: 2_000,
  tokens: [...bytesOf('\n', '\r\n', '\0', '€', '\u2028'), Buffer.from([0xe2, 0x82]), Buffer.from([0xff])],
  seeds: bytesOf('{"do":"list"}\n{"do":"exit"}\n', '\n\n', 'grüße\nno end', '€'.repeat(100)),
  run(input) {
    const whole = linesOf([input]);
    const byByte = linesOf([...input].map((byte) => Buffer.from([byte])));
    check(byByte.join('\n') === whole.join('\n'), 'byte by byte it is another');
    check(whole.every((line) => !line.includes('\n')), 'a line of two lines');
    check(whole.length <= input.length + 1, 'more lines than were there');
    return whole.some((line) => line.startsWith('-')) ? 'some are not UTF-8' : 'read';
  },
};

const about: Target = {
  name: 'about of an erro',
  covers: ['client/engine/command-errors.ts readAbout'],
  errors: [], inputs: 10_000, max: 20, tokens: bytesOf('frwd', 'exch', 'chat', '\x1b', '../'),
  seeds: bytesOf('chatbob', 'acptsixteen-letters-', '', 'frwd01234567', 'exch01234567'),
  run(input) {
    const { username, conversation } = readAbout(input);
    check(username === undefined || isUsername(username), 'a name that is none');
    check(conversation === undefined || /^[0-9a-f]{16}$/.test(conversation), 'a conversation that is none');
    check(username === undefined || conversation === undefined, 'two things at once');
    return username ? 'a user' : conversation ? 'a conversation' : 'nothing';
  },
};

const people = bytesOf(
  'hello', '', 'grüße, 你好 👩‍👩‍👧 👍🏽', 'ab\u202ecd\x1b[2J', 'e\u0301\u0301', '\u0301first', 'tab\tand\r\nline\n',
  '\ufeff\u200b\u2066', 'a'.repeat(300),
);

const safe: Target = {
  name: 'harmless text',
  covers: ['common/text/harmless.ts harmless'],
  errors: [], inputs: 10_000, seeds: people, tokens: textTokens,
  run(input) {
    const text = input.toString(input[0]! % 5 === 0 ? 'utf16le' : 'utf8');
    for (const multiline of [false, true]) {
      const shown = harmless(text, { multiline });
      check(isSafe(shown, multiline), `lets through ${JSON.stringify(shown)}`);
      check(harmless(shown, { multiline }) === shown, `does not stay: ${JSON.stringify(shown)}`);
      check(shown.length <= 10 * text.length + 1, 'grows beyond its escapes');
      if (/^[ -~]*$/.test(text)) check(shown === text, 'changes plain text');
    }
  },
};

const NOW = '2026-01-01T00:00:00.000Z';

const logLine: Target = {
  name: 'log line',
  covers: ['server/relay/log.ts textLine', 'server/relay/log.ts jsonLine'],
  errors: [], inputs: 4_000, seeds: [...people, ...bytesOf('127.0.0.1:1', 'a b', '="x" y=z')], tokens: textTokens,
  run(input) {
    const value = input.toString('utf8');
    const given: LogFields = { username: value, detail: `${value}\n2026-01-01 logged-in username=alice`, count: 1 };
    const [text, json] = [textLine('refused', given, NOW), jsonLine('refused', given, NOW)];
    for (const line of [text, json, textLine('listening', { host: value, port: 1 }, NOW)]) {
      check(/^[\x20-\x7e]*$/.test(line), `a line with ${JSON.stringify(line)}`);
    }
    const read = JSON.parse(json) as Record<string, unknown>;
    check(read['username'] === value && read['event'] === 'refused', 'JSON says something else');
    const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
    check(!/ logged-in username=alice( |$)/.test(bare), 'a field that starts another');
  },
};

export const textTargets: readonly Target[] = [welcome, command, lines, about, safe, logLine];
