import { aesKey, GCM_IV, open, randomBytes, seal } from '../common/crypto/node.js';
import { RECORD_CELLS_MAX } from '../common/wire/limits.js';
import { RECORD_AAD, recordCapacity } from '../common/wire/record.js';
import type { Step } from './run.js';

/** Between two looks at the clock. */
const AT_ONCE = 64;

/**
 * What node:crypto takes to open a record and to seal another: no relay that does so is faster, whatever else it does.
 * @returns microseconds a record
 */
function openAndSeal(cells: number, seconds: number): number {
  const [key, iv, aad] = [aesKey(randomBytes(32)), Buffer.alloc(GCM_IV), Buffer.alloc(RECORD_AAD)];
  // The same again and again: it protects nothing here.
  const { tag, ciphertext } = seal(key, iv, aad, randomBytes(recordCapacity(cells)));
  const start = performance.now();
  let records = 0;
  for (; performance.now() - start < seconds * 1_000; records += AT_ONCE) {
    for (let time = 0; time < AT_ONCE; time++) seal(key, iv, aad, open(key, iv, aad, ciphertext, tag)!);
  }
  return (performance.now() - start) / records * 1_000;
}

/** One message a record, as many pairs send them; and as many as a busy pair packs into one. */
const both = [['many', 1], ['pair', RECORD_CELLS_MAX]] as const;

export const cryptoSteps: readonly Step[] = both.map(([part, cells]) => ({
  name: `node:crypto by itself, records of ${cells} ${cells === 1 ? 'cell' : 'cells'}`,
  part,
  run: async ({ samples, options: { seconds } }) => {
    openAndSeal(cells, seconds / 4);
    samples.add(`crypto-${part}`, openAndSeal(cells, seconds / 4) / cells);
  },
}));
