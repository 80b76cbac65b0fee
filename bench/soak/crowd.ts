import type { Credentials } from '../../client/engine/login.js';
import { Pair } from './pair.js';
import { Person } from './person.js';
import type { Tally } from './tally.js';

/** A relay lets 64 connections in from one address; these are 50. */
const NEIGHBOURS = 50;
/** As many unfinished handshakes as one address may have. */
const AT_ONCE = 16;

/** All honest users: some chat in pairs, the others are just there. */
export class Crowd {
  readonly pairs: Pair[] = [];
  readonly #idle: Person[] = [];
  #churn: NodeJS.Timeout | undefined;
  #busy = 0;
  hangUps = 0;
  logIns = 0;

  constructor(private readonly tally: Tally) {}

  async enter(credentials: readonly Credentials[], port: number, active: number, everyMs: number): Promise<void> {
    const people = credentials.map((each, index) => new Person(each, port, addressOf(index, credentials.length), this.tally));
    await inTurn(people, (person) => person.logIn());
    this.logIns += people.length;
    for (let at = 0; at < active; at += 2) this.pairs.push(new Pair(people[at]!, people[at + 1]!, this.tally, everyMs));
    this.#idle.push(...people.slice(active));
    await inTurn(this.pairs, (pair) => pair.connect());
  }

  /** Everybody talks; each second a pair hangs up and calls again, and one who is idle logs out and in again. */
  talk(): void {
    for (const pair of this.pairs) pair.talk();
    this.#churn = setInterval(() => {
      this.#disturb(pick(this.pairs.filter(({ quiet }) => !quiet)), async (pair) => {
        await pair.callAgain();
        this.hangUps += 1;
      });
      this.#disturb(pick(this.#idle), async (person) => {
        this.#idle.splice(this.#idle.indexOf(person), 1);
        await person.logOut();
        await person.logIn();
        this.#idle.push(person);
        this.logIns += 1;
      });
    }, 1_000);
  }

  #disturb<T>(who: T | undefined, change: (who: T) => Promise<void>): void {
    if (who === undefined) return;
    this.#busy += 1;
    void change(who).catch((error: Error) => this.tally.disturbed(error.message)).finally(() => (this.#busy -= 1));
  }

  /** What was said has arrived, or half a minute has passed. */
  async settle(): Promise<void> {
    clearInterval(this.#churn);
    while (this.#busy > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all(this.pairs.map((pair) => pair.settle()));
  }

  async leave(): Promise<void> {
    await inTurn([...this.#idle, ...this.pairs.flatMap(({ caller, receiver }) => [caller, receiver])], (person) => person.logOut());
  }
}

const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(Math.random() * all.length)];

/** Only Linux has the whole of 127.0.0.0/8. */
const addressOf = (index: number, users: number): string | undefined => {
  const house = index % Math.ceil(users / NEIGHBOURS);
  return process.platform === 'linux' ? `127.1.${Math.floor(house / 200)}.${1 + (house % 200)}` : undefined;
};

async function inTurn<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const work = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await each(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
