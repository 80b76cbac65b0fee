import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { END_TO_END_MAGIC, labels, SECURE_TEXT, WELCOME_TEXT } from '../../common/crypto/labels.js';
import { safetyNumber } from '../../common/crypto/safety-number.js';
import { suites } from '../../common/crypto/suite.js';
import { refusals } from '../../common/wire/bodies.js';
import { cellTypes, MAGIC, VERSION } from '../../common/wire/cell.js';
import {
  clientCommands, endReasons, errorCodes, PAYLOAD_MAX, roles, serverCommands,
} from '../../common/wire/commands.js';
import { contentMax, contentTypes, kinds } from '../../common/wire/end-to-end.js';
import * as limits from '../../common/wire/limits.js';
import { ROOT } from '../support/root.js';

/** The tables of docs/PROTOCOL.md, each behind a mark with its name, say what the code does, row for row. */
const page = readFileSync(join(ROOT, 'docs/PROTOCOL.md'), 'utf8');
/** The same without the ends of lines. */
const running = page.replace(/\n */g, ' ');

/** The rows of a table, without its head. */
function table(name: string): string[][] {
  const mark = `<!-- table: ${name} -->\n`;
  const from = page.indexOf(mark);
  if (from < 0) throw new Error(`docs/PROTOCOL.md has no table of ${name}`);
  const [, , ...rows] = page.slice(from + mark.length).split('\n\n')[0]!.trimEnd().split('\n');
  return rows.map((row) => row.slice(1, -1).split('|').map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')));
}

/** Two columns as an object: what a row is called, and its number. */
function numbers(name: string, called: number, number: number): Record<string, number> {
  const rows = table(name).map((row) => [row[called], Number(row[number]!.replaceAll(',', ''))] as const);
  if (new Set(rows.map(([key]) => key)).size < rows.length) throw new Error(`${name}: a row is there twice`);
  return Object.fromEntries(rows);
}

const words = (identifier: string) => identifier.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const inWords = (codes: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(codes).map(([name, code]) => [words(name), code]));

test('commands', async (t) => {
  t.same(table('client commands').map(([name]) => name), Object.keys(clientCommands));
  t.same(table('server commands').map(([name]) => name), Object.keys(serverCommands));
});

test('codes', async (t) => {
  t.same(numbers('erro codes', 1, 0), inWords(errorCodes));
  t.same(numbers('end reasons', 1, 0), inWords(endReasons));
  const named = Object.entries(refusals).map(([code, { name }]) => [name, Number(code)]);
  t.same(numbers('refusals', 1, 0), Object.fromEntries(named));
});

test('types and kinds', async (t) => {
  t.same(numbers('cell types', 0, 1), cellTypes);
  t.same(numbers('kinds', 0, 1), kinds);
  t.same(numbers('content types', 1, 0), contentTypes);
  t.same(numbers('suites', 1, 0), Object.fromEntries(suites.map(({ name, id }) => [name, id])));
  t.match(page, `role (${roles.caller} caller, ${roles.receiver} receiver)`);
});

test('labels', async (t) => {
  t.same(new Set(table('labels').map(([label]) => label)), new Set(Object.values(labels)));
  t.equal(table('labels').length, new Set(Object.values(labels)).size);
  t.match(page, `"${END_TO_END_MAGIC}"`);
  t.match(page, `\`${SECURE_TEXT}\``);
  t.match(page, `"text":"${WELCOME_TEXT}"`);
});

test('limits', async (t) => {
  const { relayLimits, ...others } = limits;
  const constants = Object.entries(others).map(([name, value]) => [name, Number(value)]);
  t.same(numbers('constants', 0, 1), Object.fromEntries(constants));
  t.same(numbers('relay limits', 0, 1), relayLimits);
});

test('numbers in the text', async (t) => {
  t.match(page, `magic "${MAGIC.toString('latin1')}"`);
  t.match(page, `version = ${VERSION}\n`);
  t.match(page, `A payload has at most ${PAYLOAD_MAX.toLocaleString('en')} bytes.`);
  const longest = contentMax(16).toLocaleString('en');
  t.match(page, `at most ${contentMax(1)} bytes for\nk = 1 and ${longest} for k = 16`);
  const party = (username: string, byte: number) => ({ username, fingerprint: Buffer.alloc(32, byte) });
  t.match(running, safetyNumber(party('alice', 1), party('bob', 2)));
});

test('limits in the text', async (t) => {
  const { handshakesPerAddress, handshakes, refusalMs, takeoverMs, refusedMs, ringMs } = limits.relayLimits;
  t.match(running, `Where the ${handshakesPerAddress} of its address are used`);
  t.match(running, `where all ${handshakes.toLocaleString('en')} are used`);
  t.match(running, `The refusal leaves ${refusalMs} ms after M3 came`);
  t.match(running, `if no \`pong\` came within ${takeoverMs / 1_000} s.`);
  t.match(running, `The ${refusedMs / 1_000} s after \`refu\``);
  t.match(running, `the request rings for ${ringMs / 1_000} s`);
  t.match(running, `A text with d - base > ${limits.LATE_MS / 1_000} s MUST NOT be shown`);
  t.match(running, `once ${limits.RENEW_RECORDS.toLocaleString('en')} records (of both directions together)`);
  t.match(running, `or ${limits.RENEW_MS / 60_000} minutes have passed`);
  t.match(running, `at most ${limits.UNRECEIPTED_MAX} texts without a receipt`);
});

test('the contents, and the numbers of the changes', async (t) => {
  const anchor = (heading: string) => heading.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-');
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));
  for (const [, link] of page.matchAll(/\]\(#([^)]*)\)/g)) t.ok(anchors.includes(link!), link!);
  const changes = page.slice(page.indexOf('\n## 9.'), page.indexOf('\n## 10.'));
  const numbered = [...changes.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
  t.ok(numbered.length > 0);
  t.same(numbered, numbered.map((_, index) => index + 1));
});
