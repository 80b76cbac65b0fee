import { readdirSync, readlinkSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../common/clock.js';
import { keysFolder } from '../../common/files/keys-folder.js';
import { makeLog, readMaterial, startServer } from '../../server/library.js';
import { beChild } from './child.js';

/** The relay as it is by default, and what it weighs. */
export interface Gauge {
  readonly port: number;
  /** Bytes. */
  readonly rss: number;
  readonly heap: number;
  /** Buffers outside of the heap. */
  readonly outside: number;
  readonly descriptors: number;
  /** Milliseconds of processor time so far, all threads. */
  readonly cpu: number;
  /** The longest that the event loop was late since the last question, ms. */
  readonly stall: number;
  /** Times that the relay logged a fault of its own. */
  readonly faults: number;
}

export interface RelayProcessOptions {
  readonly keys: string;
}

let faults = 0;
const lines = makeLog('text', systemClock, () => undefined);
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

function gauge(question: string): Gauge {
  if (question === 'swept') (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const stall = delay.max / 1e6;
  delay.reset();
  return {
    port, rss, heap: heapUsed, outside: external, descriptors: descriptors(), cpu: (user + system) / 1000, stall, faults,
  };
}

/** Of sockets and files; a thread has others, which come when it starts. NaN where the system does not say. */
function descriptors(): number {
  try {
    return readdirSync('/proc/self/fd').filter((name) => !/^(anon_inode|pipe):/.test(target(name))).length;
  } catch {
    return NaN;
  }
}

/** The folder's own descriptor is gone when it is looked at. */
function target(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return 'anon_inode:';
  }
}

const { options, tell } = beChild<RelayProcessOptions, Gauge>(gauge);
const { server, users } = keysFolder(options.keys);
const { port } = await startServer({
  material: () => readMaterial({ certificate: server.chain, privateKey: server.key, authority: server.authority, users }, undefined),
  log: (event, fields) => {
    if (event === 'fault') faults += 1;
    lines(event, fields);
  },
});
tell(gauge('swept'));
