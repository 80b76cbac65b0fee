import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeSoakMaterial } from './material.js';
import { Child } from './child.js';
import { Crowd } from './crowd.js';
import type { FireOptions, Shot } from './fire-process.js';
import type { SoakOptions } from './options.js';
import type { Gauge, RelayProcessOptions } from './relay-process.js';
import { Tally } from './tally.js';
import { type Moment, momentOf } from './timeline.js';
import { quantile } from '../statistics.js';

export interface SoakReport {
  readonly options: SoakOptions;
  readonly date: string;
  readonly node: string;
  readonly machine: string;
  readonly texts: {
    readonly sent: number; readonly received: number; readonly lost: number; readonly doubled: number; readonly outOfOrder: number;
    readonly changed: number;
  };
  /** Milliseconds from `say` in one client to `message` in the other. */
  readonly latency: { readonly p50: number; readonly p90: number; readonly p99: number; readonly p999: number; readonly max: number };
  readonly hangUps: number;
  readonly logIns: number;
  readonly disturbances: Readonly<Record<string, number>>;
  readonly shots: readonly Shot[];
  /** Before anybody came, with everybody there, at the end of the load, when all had left. */
  readonly gauges: { readonly empty: Gauge; readonly full: Gauge; readonly end: Gauge; readonly left: Gauge };
  readonly timeline: readonly Moment[];
}

type Said = Shot | { readonly over: boolean };

export async function soak(options: SoakOptions, progress: (line: string) => void): Promise<SoakReport> {
  const material = await makeSoakMaterial(options.active + options.idle);
  let empty: Gauge | undefined;
  const relay = new Child<Gauge>('relay-process', { keys: material.keys } satisfies RelayProcessOptions, (gauge) => (empty = gauge), ['--expose-gc']);
  const tally = new Tally();
  const crowd = new Crowd(tally);
  const shots: Shot[] = [];
  let fire: Child<Said> | undefined;
  try {
    while (!empty) await sleep(10);
    progress(`${options.active + options.idle} users log in, ${options.active / 2} pairs call`);
    await crowd.enter(material.credentials, empty.port, options.active, options.every * 1_000);
    const full = await relay.ask('swept');

    progress(`load for ${options.minutes} min${options.attacks ? ', under attack' : ''}`);
    crowd.talk();
    const start = performance.now();
    if (options.attacks) {
      const given: FireOptions = { port: empty.port, server: material.server, insiders: material.insiders, ...(options.rows ? { rows: options.rows } : {}) };
      fire = new Child<Said>('fire-process', given, (said) => 'row' in said && shots.push(said));
    }
    const latencies: number[] = [];
    const timeline: Moment[] = [];
    while (performance.now() - start < options.minutes * 60_000) {
      await sleep(1_000);
      timeline.push(momentOf(performance.now() - start, tally.takeLatencies(), await relay.ask('gauge'), latencies));
      if (timeline.length % 60 === 0) progress(`${timeline.length / 60} min: ${tally.received} texts, ${shots.length} attacks`);
    }
    if (fire) await cease(fire, progress);
    await crowd.settle();
    latencies.push(...tally.takeLatencies());
    const end = await relay.ask('swept');

    progress('all log out');
    await crowd.leave();
    await fire?.stop();
    const left = await settled(relay, empty);
    const of = (q: number) => quantile(latencies, q);
    const { sent, received, lost, doubled, outOfOrder, changed } = tally;
    return {
      options, date: new Date().toISOString(), node: process.versions.node, machine: machine(),
      texts: { sent, received, lost, doubled, outOfOrder, changed },
      latency: { p50: of(0.5), p90: of(0.9), p99: of(0.99), p999: of(0.999), max: of(1) },
      hangUps: crowd.hangUps, logIns: crowd.logIns, disturbances: Object.fromEntries(tally.disturbances), shots,
      gauges: { empty, full, end, left }, timeline,
    };
  } finally {
    await fire?.stop();
    await relay.stop();
    await material.remove();
  }
}

/** Attacks that are under way come to their end, in two minutes at most. */
async function cease(fire: Child<Said>, progress: (line: string) => void): Promise<void> {
  progress('the attacks under way come to their end');
  const end = performance.now() + 120_000;
  for (let said = await fire.ask('cease'); 'over' in said && !said.over && performance.now() < end; said = await fire.ask('cease')) await sleep(200);
}

/** What is left when all are gone: connections close within moments. */
async function settled(relay: Child<Gauge>, empty: Gauge): Promise<Gauge> {
  const end = performance.now() + 20_000;
  for (;;) {
    const gauge = await relay.ask('swept');
    if (gauge.descriptors <= empty.descriptors || performance.now() > end) return gauge;
    await sleep(200);
  }
}

function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
