import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { ROOT } from '../support/root.js';
import { workedExample } from './worked-example.js';

/** UPDATE_EXAMPLE=1 writes the example into the page instead of comparing it. */
const PAGE = join(ROOT, 'docs/worked-example.md');
const BEGIN = '<!-- begin: written by tap-tests/docs/worked-example.ts -->\n';
const END = '<!-- end -->\n';

test('docs/worked-example.md is what the code does', async (t) => {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  t.ok(from >= 0 && to > from, 'both marks are there');
  const example = `\n${await workedExample()}\n`;
  if (process.env.UPDATE_EXAMPLE === '1') {
    writeFileSync(PAGE, page.slice(0, from + BEGIN.length) + example + page.slice(to));
    return t.comment('the page was written anew');
  }
  t.equal(page.slice(from + BEGIN.length, to), example, 'otherwise: UPDATE_EXAMPLE=1 npm test -- dist/tap-tests/docs/worked-example.test.js');
});

test('the example is the same every time', async (t) => {
  t.equal(await workedExample(), await workedExample());
});
