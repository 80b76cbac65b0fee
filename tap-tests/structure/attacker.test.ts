import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'tap';
import { ROOT } from '../support/root.js';

const folder = join(ROOT, 'tap-tests/support/attacker');
const until = resolve(folder, '../until.js');

test('the attacker shares no code with what it attacks', async (t) => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  t.ok(files.length > 8);
  for (const name of files) {
    const path = join(folder, name);
    const imports = [...readFileSync(path, 'utf8').matchAll(/\bfrom '([^']+)'|\bimport\(?'([^']+)'/g)].map(([, one, other]) => one ?? other!);
    const foreign = imports.filter((each) => !each.startsWith('node:'))
      .map((each) => resolve(dirname(path), each)).filter((each) => dirname(each) !== folder && each !== until);
    t.same(foreign, [], name);
  }
});
