import { readAbout } from '../../../client/engine/command-errors.js';
import { readWelcome } from '../../../client/engine/welcome.js';
import { Lines } from '../../../client/ui/json-lines/lines.js';
import { readCommand } from '../../../client/ui/json-lines/read-command.js';
import { harmless } from '../../../common/text/harmless.js';
import { checkUsername, isUsername } from '../../../common/wire/username.js';
import { checkHost } from '../../../keys/server-pair.js';
import { limitOptions, limitsFrom } from '../../../server/limit-options.js';
import { jsonLine, type LogFields, textLine } from '../../../server/relay/log.js';
import { WireTap } from '../../../server/relay/wire-tap.js';
import { checkNewName, looksLike } from '../../../common/files/enrolment.js';
import { addressGroup } from '../../../server/relay/address.js';
import { seeded } from '../../support/mutations.js';
import { mutateJson } from '../json-mutations.js';
import { bytesOf, check, type Target } from '../target.js';
import { isSafe, textTokens } from '../unsafe-text.js';

/** JSON is read with what could reach beyond the object that it makes. */
export const jsonTokens = bytesOf(
  '"__proto__":', '"constructor":', '"prototype":', '{"do":"exit"}', '{', '}', '[', ']', ',', ':', '"', '\\u0000', '\\ud800', 'null', 'true', '1e999', '-0',
  '0.1', '99999999999999999999', '"toString"', '{"__proto__":{"polluted":1}}', '"do":', '"with":', '"rate":', '\\"',
);

const welcome: Target = {
  name: 'welc JSON', covers: ['client/engine/welcome.ts readWelcome'], errors: [], inputs: 25_000, tokens: jsonTokens, max: 1_024, mutate: mutateJson,
  seeds: bytesOf(
    '{"text":"User Login Complete!","rate":{"messages":10,"seconds":5},"idle":1800,"ring":60}', '{"rate":{"messages":1,"seconds":0.001},"__proto__":{"messages":1}}',
    '[{"rate":{"messages":10000000,"seconds":3600}}]', '{"rate":null}', 'null', '"rate"', '{"rate":[1,2]}',
  ),
  run(input) {
    const { messages, windowMs } = readWelcome(input.toString('utf8'));
    check(Number.isInteger(messages) && messages >= 1 && messages <= 1e7, `${messages} messages`);
    check(windowMs >= 1 && windowMs <= 3_600_000, `${windowMs} ms`);
    return messages === 10 && windowMs === 5_000 ? 'the usual' : 'another';
  },
};

const fields: Readonly<Record<string, readonly string[]>> = {
  list: ['prefix'], say: ['with', 'text', 'id'], trust: ['with', 'number'], exit: [],
  ...Object.fromEntries(['chat', 'cancel', 'accept', 'refuse', 'leave', 'verify', 'compared'].map((name) => [name, ['with']])),
};

const command: Target = {
  name: 'command line, JSON', covers: ['client/ui/json-lines/read-command.ts readCommand'], errors: ['malformed'], inputs: 25_000, tokens: jsonTokens, max: 20_000, mutate: mutateJson,
  seeds: bytesOf(
    '{"do":"say","with":"bob","text":"hello","id":"1"}', '{"__proto__":{"do":"exit"},"constructor":{"prototype":{"do":"exit"}},"do":"list"}',
    '{"do":"list","prefix":"al"}', '{"do":"trust","with":"bob","number":"12345"}', '{"do":"exit"}', ...Object.keys(fields).slice(4).map((name) => `{"do":"${name}","with":"bob"}`),
  ),
  run(input) {
    const read = readCommand(input.toString('utf8'));
    check(Object.getPrototypeOf(read) === Object.prototype && Object.hasOwn(fields, read.do), 'another kind of object');
    for (const [name, value] of Object.entries(read)) {
      check(typeof value === 'string' && (name === 'do' || fields[read.do]!.includes(name)), `has ${name}`);
    }
    return read.do;
  },
};

const lines: Target = {
  name: 'lines', covers: [], errors: [], inputs: 8_000, max: 2_000, tokens: [...bytesOf('\n', '\r\n', '\0', '€', '\u2028'), Buffer.from([0xe2, 0x82]), Buffer.from([0xff])],
  seeds: bytesOf('{"do":"list"}\n{"do":"exit"}\n', '\n\n', 'grüße\nno end', '€'.repeat(100)),
  run(input) {
    const given = (pieces: readonly Buffer[]) => {
      const told: string[] = [];
      const reader = new Lines((text) => told.push(`+${text}`), (code) => told.push(`-${code}`));
      for (const piece of pieces) reader.push(piece);
      reader.end();
      return told;
    };
    const whole = given([input]);
    check(given([...input].map((byte) => Buffer.from([byte]))).join('\n') === whole.join('\n'), 'byte by byte it is another');
    check(whole.every((line) => !line.includes('\n') || line.startsWith('-')), 'a line of two lines');
    check(whole.length <= input.length + 1, 'more lines than were there');
    return whole.some((line) => line.startsWith('-')) ? 'some are not UTF-8' : 'read';
  },
};

const about: Target = {
  name: 'about of an erro', covers: ['client/engine/command-errors.ts readAbout'], errors: [], inputs: 10_000, max: 20, tokens: bytesOf('frwd', 'exch', 'chat', '\x1b', '../'),
  seeds: [...bytesOf('chatbob', 'acptsixteen-letters-', ''), Buffer.from('frwd01234567'), Buffer.from('exch01234567')],
  run(input) {
    const { username, conversation } = readAbout(input);
    check(username === undefined || isUsername(username), 'a name that is none');
    check(conversation === undefined || /^[0-9a-f]{16}$/.test(conversation), 'a conversation that is none');
    check(username === undefined || conversation === undefined, 'two things at once');
    return username ? 'a user' : conversation ? 'a conversation' : 'nothing';
  },
};

const people = bytesOf('hello', '', 'grüße, 你好 👩‍👩‍👧 👍🏽', 'ab\u202ecd\x1b[2J', 'e\u0301\u0301', '\u0301first', 'tab\tand\r\nline\n', '\ufeff\u200b\u2066', 'a'.repeat(300));

const safe: Target = {
  name: 'harmless text', covers: [], errors: [], inputs: 40_000, seeds: people, tokens: textTokens,
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

const logLine: Target = {
  name: 'log line', covers: [], errors: [], inputs: 10_000, seeds: [...people, ...bytesOf('127.0.0.1:1', 'a b', '="x" y=z')], tokens: textTokens,
  run(input) {
    const value = input.toString('utf8');
    const fields: LogFields = { username: value, detail: `${value}\n2026-01-01 logged-in username=alice`, count: 1 };
    const text = textLine('refused', fields, '2026-01-01T00:00:00.000Z');
    const json = jsonLine('refused', fields, '2026-01-01T00:00:00.000Z');
    for (const line of [text, json, textLine('listening', { host: value, port: 1 }, 'now')]) check(/^[\x20-\x7e]*$/.test(line), `a line with ${JSON.stringify(line)}`);
    const read = JSON.parse(json) as Record<string, unknown>;
    check(read['username'] === fields['username'] && read['event'] === 'refused', 'JSON says something else');
    check(!/ logged-in username=alice( |$)/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '')), 'a field that starts another');
  },
};

const nobody = { list: [], names: new Set<string>(), fingerprints: new Set<string>() };
const enrolled = ['alice', 'bob', 'Ill1', 'o0O'];

const username: Target = {
  name: 'name to be enrolled', covers: ['common/wire/username.ts isUsername', 'common/wire/username.ts checkUsername', 'common/files/enrolment.ts checkNewName'],
  errors: ['bad-name', 'name-taken'], inputs: 15_000, max: 60,
  tokens: bytesOf('-', '.', '/', '\0', '\n', 'con', 'com1', 'AlIcE', 'I', '1', 'l', '0', 'o', 'é', '\u212a', '__proto__', 'alice', 'bob'),
  seeds: bytesOf('user3', 'Carol-2', 'sixteen-letters-', 'constructor', 'MSGA'),
  run(input) {
    const name = input.toString('utf8');
    const fits = name.length >= 1 && name.length <= 16 && [...name].every((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-'.includes(letter));
    check(isUsername(name) === fits, 'a name that is none');
    checkNewName(name, enrolled, nobody);
    check(checkUsername(name) === name && fits && !name.startsWith('-'), 'enrols what is no name');
    check(!enrolled.some((other) => looksLike(other) === looksLike(name)), 'looks like another');
  },
};

const host: Target = {
  name: 'host in a certificate', covers: ['keys/server-pair.ts checkHost', 'server/relay/address.ts addressGroup'], errors: ['bad-host'], inputs: 10_000, max: 120,
  tokens: bytesOf('\n', ',', 'DNS:', 'IP:', '*', '[', ']', '%', '::', '.', '-', '\0', '${', 'é'),
  seeds: bytesOf('localhost', 'a.example', '[::1]', '127.0.0.1', '::ffff:1.2.3.4', '2001:db8::1', `${'a'.repeat(63)}.${'b'.repeat(63)}`),
  run(input) {
    const text = input.toString('utf8');
    check(addressGroup(text).length <= Math.max(text.length, 20), 'an address that grows');
    // It stands in openssl's configuration.
    check(/^[A-Za-z0-9._:-]{1,253}$/.test(checkHost(text)), 'lets through what is no host');
  },
};

const limitNames = Object.values(limitOptions).map(({ name }) => name);
const usual = Object.fromEntries(Object.values(limitOptions).map(({ name, min }) => [name, Math.ceil(min) * 32]));

const limit: Target = {
  name: 'limits', covers: ['server/limit-options.ts limitsFrom'], errors: ['bad-argument'], inputs: 5_000, max: 60, tokens: bytesOf('NaN', 'Infinity', '1e9', '-', '.', '0x', 'e', '__proto__'),
  seeds: bytesOf('1', '60', '2000000', '10000000'),
  run(input) {
    const text = input.toString('latin1');
    const name = limitNames[input.length % limitNames.length]!;
    const limits = Object.values(limitsFrom({ ...usual, [name]: input.length % 3 === 0 ? text : Number(text) }));
    check(limits.length === limitNames.length && limits.every((value) => value > 0 && value < 2 ** 31), 'a limit that is none');
  },
};

const wireTap: Target = {
  name: 'wire tap', covers: [], errors: [], inputs: 3_000, max: 20_000,
  seeds: [Buffer.concat([Buffer.from('alice'.padEnd(32, '\0') + '\x01'), Buffer.alloc(4_063, 1), Buffer.from('alice'.padEnd(32, '\0') + '\x02'), Buffer.alloc(8_159, 1)])],
  run(input) {
    const logged = (pieces: readonly Buffer[]) => {
      const lines: string[] = [];
      const tap = new WireTap((event, fields = {}) => lines.push(jsonLine(event, fields, '')));
      for (const piece of pieces) tap.push(piece);
      return lines.join('\n');
    };
    const random = seeded(input.length);
    const pieces: Buffer[] = [];
    for (let at = 0; at < input.length;) pieces.push(input.subarray(at, (at += 1 + random(200))));
    const whole = logged([input]);
    check(logged(pieces) === whole, 'cut, it is another');
    return `${whole.split('\n').length} lines`;
  },
};

export const textTargets: readonly Target[] = [welcome, command, lines, about, safe, logLine, username, host, limit, wireTap];
