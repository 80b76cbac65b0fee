import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { ROOT } from '../../../../support/root.js';

const folder = join(ROOT, 'client', 'ui', 'web', 'model');

test('a browser can load the model: of what lies elsewhere it has types only', async (t) => {
  let values = 0;
  for (const file of readdirSync(folder)) {
    const imports = [...readFileSync(join(folder, file), 'utf8').matchAll(/^import (type )?[^;]*?from '([^']+)';$/gm)];
    for (const [, type, from] of imports) {
      if (type === undefined) values++;
      t.ok(type !== undefined || /^\.\/[a-z-]+\.js$/.test(from!), `${file}: ${from!}`);
    }
  }
  t.ok(values > 20);
});
