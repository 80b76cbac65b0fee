import { test } from 'tap';
import { places } from './targets.js';
import { newSeed, withstands } from './withstands.js';

/** E6, where a reader needs a file or a terminal. */
for (const target of places) test(`E6: ${target.name} (FUZZ_SEED=${newSeed})`, (t) => withstands(t, target));
