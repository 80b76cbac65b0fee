import { test } from 'tap';
import { programs, readers, targets } from './targets.js';
import { newSeed, withstands } from './withstands.js';

/** E6: a million inputs in all; those of whole programs, and of what needs a file or a terminal, are tried beside. */
test('it is a million', async (t) => {
  t.ok(targets.reduce((sum, { inputs }) => sum + inputs, 0) >= 1_000_000);
  t.ok(readers.length > 60 && programs.length === 2);
  t.equal(new Set(targets.map(({ name }) => name)).size, targets.length, 'each has a name of its own');
});

for (const target of readers) test(`E6: ${target.name} (FUZZ_SEED=${newSeed})`, (t) => withstands(t, target));
