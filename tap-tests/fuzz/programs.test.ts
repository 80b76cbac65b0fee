import { test } from 'tap';
import { programs } from './targets.js';
import { newSeed, withstands } from './withstands.js';

/** E6, against a whole relay over real sockets, and against a whole client. */
for (const target of programs) test(`E6: ${target.name} (FUZZ_SEED=${newSeed})`, (t) => withstands(t, target));
