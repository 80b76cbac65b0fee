import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { systemClock, type Timer } from '../common/clock.js';

/** What may pile up before old memory is looked through. */
const ROOM = 128 * 1024 * 1024;

/** Above this V8's own choice is as good. */
const PERCENT_MIN = 100;

const LOOK_MS = 10_000;

/**
 * Each message leaves behind 8 kB outside of V8's heap, in two pieces. V8 counts them against a limit that it takes
 * from what lives in the heap, 10 MB in a small relay: left alone, it marks all of that anew ten times a second, and has
 * other threads free the pieces, which costs more than freeing them (docs/PERFORMANCE.md). @returns what stops it
 */
export function giveRoom(): Timer {
  let timer: Timer;
  let given: number | undefined;
  const look = (): void => {
    const percent = Math.floor(ROOM / getHeapStatistics().used_heap_size * 10) * 10;
    const chosen = percent < PERCENT_MIN ? 0 : percent;
    if (chosen !== given) setFlagsFromString(`--heap-growing-percent=${(given = chosen)}`);
    timer = systemClock.after(LOOK_MS, look);
  };
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
  look();
  return { cancel: () => timer.cancel() };
}
