import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FadingMap } from '../../../server/relay/fading-map.js';
import { Presence } from '../../../server/relay/presence.js';
import { Queues } from '../../../server/relay/queues.js';

/** What a server looks like from inside its own process. */
export interface Inside {
  /** Bytes, behind a collection of what nobody uses. */
  readonly heap: number;
  readonly buffers: number;
  readonly rss: number;
  readonly descriptors: number;
  /** What keeps the event loop busy, by kind: `Timeout`, `TCPSocketWrap`. */
  readonly resources: Readonly<Record<string, number>>;
  /** Entries of the largest map whose keys strangers choose, now and at its largest. */
  readonly remembered: number;
  readonly rememberedMost: number;
  readonly present: number;
  /** The most cells that ever waited in all queues together. */
  readonly queuedMost: number;
  /** How often each costly step was done. */
  readonly work: Readonly<Record<string, number>>;
  /** How often each event was logged, `event` or `event reason`. */
  readonly log: Readonly<Record<string, number>>;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const maps = new Set<FadingMap<unknown>>();
const presences = new Set<Presence>();
let [rememberedMost, queuedMost] = [0, 0];

/** The relay hides its tables, as it should; whoever calls them is seen here. */
export function watchTables(): void {
  const { of } = FadingMap.prototype;
  FadingMap.prototype.of = function (this: FadingMap<unknown>, key: string) {
    maps.add(this);
    const entry = of.call(this, key);
    rememberedMost = Math.max(rememberedMost, this.size);
    return entry;
  };
  const { weigh } = Queues.prototype;
  Queues.prototype.weigh = function (queue) {
    weigh.call(this, queue);
    queuedMost = Math.max(queuedMost, this.total);
  };
  const { claim } = Presence.prototype;
  Presence.prototype.claim = function (endpoint) {
    presences.add(this);
    return claim.call(this, endpoint);
  };
}

const STEPS = ['verify', 'privateDecrypt', 'diffieHellman'] as const;
const work = Object.fromEntries(STEPS.map((name) => [name, 0])) as Record<(typeof STEPS)[number], number>;

/** Counts what costs time. To be called before anything of the server is loaded that keeps a step for itself. */
export function watchWork(): void {
  for (const name of STEPS) {
    const step = crypto[name] as (...args: unknown[]) => unknown;
    (crypto as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
      work[name] += 1;
      return step(...args);
    };
  }
  syncBuiltinESMExports();
}

export async function look(log: Readonly<Record<string, number>>): Promise<Omit<Inside, 'descriptors'>> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise(setImmediate);
  }
  const { heapUsed, arrayBuffers, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    heap: heapUsed, buffers: Math.max(arrayBuffers, external), rss, resources, rememberedMost, queuedMost,
    work: { ...work }, log: { ...log },
    remembered: Math.max(0, ...[...maps].map(({ size }) => size)),
    present: [...presences].reduce((sum, { size }) => sum + size, 0),
  };
}
