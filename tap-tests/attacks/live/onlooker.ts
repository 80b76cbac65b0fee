import { setTimeout as sleep } from 'node:timers/promises';
import { CELL, refusalIn } from '../../support/attacker/cells.js';
import { Line } from '../../support/attacker/line.js';
import { noiseM1 } from '../../support/attacker/noise.js';
import { X25519 } from '../../support/attacker/suites.js';
import type { Field } from './attack.js';
import { quantile } from './crowd.js';
import { OwnDelay } from './own-delay.js';

/** Half of what an address may connect, or less. */
const EACH_MS = 400;

/** The attack shares its cores with the server here: less would be noise, more would be a wait. */
const [USUAL_MS, LOGIN_MS] = [1_000, 5_000];

/** Of fewer times the one in the middle says nothing. */
const ENOUGH = 8;

/** A stranger who says M1 now and then, and sees how long the server takes to answer: what others feel of an attack. */
export class Onlooker {
  readonly times: number[] = [];
  #stopped = false;

  private constructor(private readonly field: Field, private readonly delay: OwnDelay) {}

  static watch(field: Field): Onlooker {
    const onlooker = new Onlooker(field, new OwnDelay(field));
    field.onEnd(() => onlooker.stop());
    void onlooker.#look();
    return onlooker;
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      await this.#once().catch(() => this.times.push(Infinity));
      await sleep(EACH_MS);
    }
  }

  async #once(): Promise<void> {
    const begun = performance.now();
    const line = await Line.to(this.field.target, this.field.addresses.at(-2));
    line.write(noiseM1([X25519]));
    const cell = await line.read(CELL).finally(() => line.cut());
    const took = performance.now() - begun;
    // Busy is an answer too, and has another reason.
    if (cell && refusalIn(cell) === undefined && !this.delay.since(begun)) this.times.push(took);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Mostly as if nothing were, and never so late that a login would be. */
  get served(): boolean {
    const usual = this.times.length < ENOUGH || quantile(this.times, 0.5) < USUAL_MS;
    return usual && !this.times.some((time) => time >= LOGIN_MS);
  }

  toString(): string {
    if (this.times.length === 0) return 'no answer that could be timed';
    return `M2 after ${quantile(this.times, 0.5).toFixed(1)} ms, at most ${quantile(this.times, 1).toFixed(0)} ms`;
  }
}
