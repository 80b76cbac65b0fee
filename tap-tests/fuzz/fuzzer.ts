import { createContext, Script } from 'node:vm';
import { type Material, mutate, type Random, seeded } from '../support/mutations.js';
import { Fault, refusedWith, type Target } from './target.js';

export interface Statistics {
  readonly target: string;
  readonly seed: number;
  readonly inputs: number;
  readonly ms: number;
  /** How often an input was read, or refused with which code. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** An input that a reader did not withstand. `npm run fuzz -- --target … --seed …` comes to it again. */
export class Finding extends Error {
  constructor(
    readonly target: string, readonly seed: number, readonly index: number, readonly input: Buffer, cause: unknown,
  ) {
    const what = cause instanceof Fault ? cause.message : String(cause);
    super(`${target}, seed ${seed}, input ${index}: ${what}`, { cause });
  }
}

/** Inputs that came to something new, and are changed further. */
const KEPT_MAX = 200;
/** Inputs between two looks at the clock, and at what stops a reader that does not come back. */
const BATCH = 500;
const STUCK_MS = 10_000;
const SLOW_MS = 250;
const LONGEST = 4_096;

/** Tries one target with so many inputs, the same ones for the same seed. Throws Finding. */
export async function fuzz(target: Target, seed: number, inputs = target.inputs): Promise<Statistics> {
  const run = new Run(target, seed);
  const started = performance.now();
  await opened(target, run, async () => {
    for (let left = inputs; left > 0; left -= BATCH) await run.batch(Math.min(left, BATCH));
  });
  return { target: target.name, seed, inputs, ms: performance.now() - started, outcomes: run.outcomes };
}

/** Runs these inputs as `fuzz` does. @returns their outcomes. Throws Finding. */
export async function tryThese(target: Target, inputs: readonly Buffer[]): Promise<string[]> {
  const run = new Run(target, 0);
  return opened(target, run, async () => {
    const outcomes: string[] = [];
    for (const input of inputs) outcomes.push(await run.once(input));
    return outcomes;
  });
}

export const tryOnce = async (target: Target, input: Buffer): Promise<string> => (await tryThese(target, [input]))[0]!;

/** What is left behind is a finding, unless there was one before. */
async function opened<T>(target: Target, run: Run, work: () => Promise<T>): Promise<T> {
  await target.open?.();
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await target.close?.().catch(() => undefined);
    throw error;
  }
  await target.close?.().catch((error: unknown) => {
    throw run.finding(error);
  });
  return result;
}

class Run {
  readonly outcomes = new Map<string, number>();
  readonly #random: Random;
  readonly #kept: Buffer[] = [];
  readonly #known = new Set<string>();
  readonly #material: Material;
  readonly #sandbox = createContext({});
  #index = 0;
  #input: Buffer = Buffer.alloc(0);

  constructor(private readonly target: Target, private readonly seed: number) {
    this.#random = seeded(seed ^ hash(target.name));
    this.#material = { others: target.seeds, tokens: target.tokens ?? [], max: target.max ?? LONGEST };
  }

  /** A reader that is not asynchronous runs inside of what the engine can break off. */
  async batch(count: number): Promise<void> {
    let left = count;
    let pending: Promise<void> | undefined;
    const some = () => {
      while (left > 0 && !pending) {
        left--;
        pending = this.#one(this.#next());
      }
    };
    while (left > 0) {
      this.#guarded(some);
      await pending;
      pending = undefined;
    }
  }

  /** @returns the outcome of this input */
  async once(input: Buffer): Promise<string> {
    let pending: Promise<void> | undefined;
    this.#guarded(() => (pending = this.#one(input)));
    await pending;
    return this.#last;
  }

  #guarded(some: () => unknown): void {
    try {
      this.#sandbox['some'] = some;
      CALL.runInContext(this.#sandbox, { timeout: this.target.stuck ?? STUCK_MS });
    } catch (error) {
      throw error instanceof Finding ? error : this.finding(error);
    }
  }

  #one(input: Buffer): Promise<void> | undefined {
    this.#index++;
    this.#input = input;
    const started = performance.now();
    const came = this.#outcome();
    if (typeof came === 'string') return this.#done(came, started);
    return came.then((outcome) => this.#done(outcome, started));
  }

  #next(): Buffer {
    const { target: { seeds, mutate: own = mutate } } = this;
    const from = this.#kept.length > 0 && this.#random(2) === 0 ? this.#kept : seeds;
    return own(from[this.#random(from.length)]!, this.#random, this.#material);
  }

  /** Read, or the code with which it was refused. */
  #outcome(): string | Promise<string> {
    try {
      const came = this.target.run(this.#input);
      if (!(came instanceof Promise)) return came ?? 'read';
      return inTime(came, this.target.stuck ?? STUCK_MS)
        .then((outcome) => outcome ?? 'read', (error: unknown) => this.#refused(error));
    } catch (error) {
      return this.#refused(error);
    }
  }

  #refused(error: unknown): string {
    try {
      const { code, message } = refusedWith(this.target, error);
      this.#novel(`${code} ${message}`);
      return code;
    } catch (fault) {
      throw this.finding(fault);
    }
  }

  #last = '';

  #done(outcome: string, started: number): Promise<void> | undefined {
    this.#last = outcome;
    this.#novel(outcome);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    // Nothing was set on every object.
    for (const key in EMPTY) throw this.finding(new Fault(`every object has ${JSON.stringify(key)} now`));
    const { slow = SLOW_MS } = this.target;
    return performance.now() - started > slow ? this.#again(slow) : undefined;
  }

  /** The machine may have had something else to do: now the work of this process is what counts. */
  async #again(slow: number): Promise<void> {
    const started = process.cpuUsage();
    await this.#outcome();
    const { user, system } = process.cpuUsage(started);
    const ms = Math.round((user + system) / 1000);
    if (ms > slow) throw this.finding(new Fault(`takes ${ms} ms`));
  }

  #novel(outcome: string): void {
    const kind = outcome.replace(/\d+|"[^"]*"/g, '#').slice(0, 120);
    if (this.#known.has(kind) || this.#kept.length >= KEPT_MAX) return;
    this.#known.add(kind);
    this.#kept.push(this.#input);
  }

  finding(cause: unknown): Finding {
    return new Finding(this.target.name, this.seed, this.#index, Buffer.from(this.#input), cause);
  }
}

/** A promise that is never settled is a finding too. */
async function inTime<T>(came: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Fault(`does not come to an end in ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([came, stuck]);
  } finally {
    clearTimeout(timer);
  }
}

const EMPTY: Readonly<Record<string, unknown>> = {};
const CALL = new Script('some()');

/** FNV-1a: each target has numbers of its own. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(name)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
