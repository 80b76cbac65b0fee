import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'tap';
import { ROOT } from '../support/root.js';

const layers = ['common', 'server', 'client', 'keys'];
const files = layers.flatMap((layer) =>
  readdirSync(join(ROOT, layer), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts')).map((name) => join(layer, name)));
const source = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const importsOf = (file: string): string[] =>
  [...source(file).matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)';$/gm)].map(([, name]) =>
    name!.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name!)).replace(/\.js$/, '.ts') : name!);

const graph = new Map(files.map((file) => [file, importsOf(file)]));

/** Everything that comes along with a file. */
function reached(start: string, seen = new Set<string>()): Set<string> {
  for (const next of graph.get(start) ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reached(next, seen);
  }
  return seen;
}

test('there is something to check', async (t) => {
  t.ok(files.length > 60);
  t.ok(graph.get(join('common', 'crypto', 'exchange.ts'))?.includes(join('common', 'crypto', 'node.ts')));
});

test('dependencies point one way: server and client to common, keys to common', async (t) => {
  for (const [file, imports] of graph) {
    const [layer] = file.split('/');
    const others = layers.filter((name) => name !== layer && name !== 'common');
    t.notOk(imports.some((name) => others.some((other) => name.startsWith(`${other}/`))), file);
  }
});

test('inside common: bytes stand alone, wire and crypto do not know transport', async (t) => {
  const rules: [from: string, never: RegExp][] = [
    ['common/bytes/', /^common\/(wire|crypto|transport|files|cli)\//],
    ['common/wire/', /^common\/(crypto|transport|files|cli)\//],
    ['common/crypto/', /^common\/(transport|files|cli)\//],
    ['common/transport/', /^common\/(files|cli)\//],
  ];
  for (const [from, never] of rules) {
    for (const [file, imports] of graph) {
      if (file.startsWith(from)) t.notOk(imports.find((name) => never.test(name)), file);
    }
  }
});

test('the relay cannot open an end-to-end record: nothing that could comes along with it', async (t) => {
  for (const entry of [join('server', 'start.ts'), join('server', 'library.ts')]) {
    const all = reached(entry);
    t.ok(all.has(join('common', 'crypto', 'node.ts')), 'the check reaches the bottom');
    for (const name of ['common/crypto/ratchet.ts', 'common/wire/end-to-end.ts', 'common/crypto/peer-transcript.ts']) {
      t.notOk(all.has(name), `${entry} does not reach ${name}`);
    }
  }
});

test('one file knows node:crypto, one every label', async (t) => {
  t.same(files.filter((file) => importsOf(file).includes('node:crypto')), ['common/crypto/node.ts']);
  t.same(files.filter((file) => /['"`]MessageApp(\/2|V2)/.test(source(file))), ['common/crypto/labels.ts']);
});

test('no dependency at run time but yargs', async (t) => {
  const foreign = new Set([...graph.values()].flat().filter((name) => !name.startsWith('node:') && !/^(common|server|client|keys)\//.test(name)));
  t.same([...foreign].map((name) => name.split('/')[0]), ['yargs']);
});

test('files are short enough to be read in one go', async (t) => {
  for (const file of files) t.ok(source(file).split('\n').length <= 300, file);
});

test('no key is exported as JWK: on Node 20 that can stop the process for ever', async (t) => {
  for (const file of files) t.notMatch(source(file), /export\(\{ format: 'jwk'/, file);
});
