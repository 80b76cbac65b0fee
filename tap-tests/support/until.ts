import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, not for a time; a test that waits in vain says what for. */
export async function until(what: string, condition: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await sleep(2);
  }
}
