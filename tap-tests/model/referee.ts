import type { Clients, Difference, Lines } from './clients.js';
import { Journal } from './journal.js';
import { NAMES } from './random-commands.js';
import type { Command, ReferenceModel } from './reference-model.js';
import type { Limits, State } from './state.js';

/** Behind what was said: what comes before its answer is all that comes. */
const ASK = ['ping', 'turn'] as const;
/** To those who lack something, or may lack it. */
const LATE = ['ping', 'late'] as const;

/** Milliseconds, of real ones, until what has not come is asked for; and until nothing is waited for any more. */
const SLOW = 250;
const GIVE_UP = 10_000;

/** Compares what was heard with what the model says. */
export class Referee {
  readonly met = new Map<string, number>();
  readonly journal: Journal;
  readonly model: ReferenceModel;
  #expected: Lines = new Map();
  #rules: string[] = [];

  constructor(seed: number, private readonly clients: Clients, Model: typeof ReferenceModel, limits: Limits) {
    this.journal = new Journal(seed, NAMES);
    this.model = new Model(limits, (name, line) => this.#expect(name, line), (rule) => void this.#rules.push(rule));
  }

  #expect(name: string, line: string): void {
    this.#expected.set(name, [...this.#expected.get(name) ?? [], line]);
  }

  does(by: string, command: Command): Command {
    this.journal.note(this.model.state.now, by, command);
    this.model.does(by, command);
    return command;
  }

  /** A question whose answer `settle` waits for. */
  asked(name: string): Command[] {
    this.model.does(name, ASK);
    return [ASK];
  }

  /** Waits until all that was expected came; behind the answer to a question, what has not come never will. */
  async settle(...asked: readonly string[]): Promise<void> {
    const { clients, model } = this;
    if (this.#expected.size === 0 && this.#rules.length === 0) return;
    await clients.wait(() => asked.every((name) => clients.answered(name, ASK[1])), GIVE_UP);
    const lacks = (name: string) => clients.count(name) < this.#expected.get(name)!.length;
    const lacking = () => [...this.#expected.keys()].filter(lacks);
    const left = () => clients.loggedIn - clients.loggedOut === model.state.online.size;
    if (!await clients.wait(() => left() && lacking().length === 0, SLOW)) {
      const late = lacking().filter((name) => model.state.online.has(name));
      for (const name of late) {
        model.does(name, LATE);
        clients.say(name, [LATE]);
      }
      const settled = () => left() && lacking().every((name) => late.includes(name));
      await clients.wait(() => settled() && late.every((name) => clients.answered(name, LATE[1])), GIVE_UP);
    }
    const found = clients.compare(this.#expected);
    if (found) throw this.journal.disagreement(found);
    this.#expected.clear();
    this.#count(this.#rules.splice(0));
  }

  /** Both speak at once. Whose word the server takes first is not known, but one of the two orders it is. */
  async crossing(...words: readonly [by: string, command: Command][]): Promise<void> {
    const { clients, model } = this;
    const before = model.state;
    const outcomes = [words, words.toReversed()].map((order) => this.#outcome(before, order));
    const concerned = [...new Set(outcomes.flatMap(({ expected }) => [...expected.keys()]))];
    for (const [by, command] of words) {
      this.journal.note(before.now, by, command, true);
      clients.say(by, [command, ASK], true);
    }
    await clients.wait(() => words.every(([by]) => clients.answered(by, ASK[1])), GIVE_UP);
    for (const name of concerned) clients.say(name, [LATE]);
    await clients.wait(() => concerned.every((name) => clients.answered(name, LATE[1])), GIVE_UP);
    let found: Difference | undefined;
    for (const { state, expected, rules } of outcomes) {
      for (const name of concerned) expected.set(name, [...expected.get(name) ?? [], `pong ${LATE[1]}`]);
      found = clients.compare(expected);
      if (found) continue;
      model.state = state;
      return this.#count([...rules, 'two speak at once']);
    }
    throw this.journal.disagreement(found!);
  }

  #outcome(before: State, order: readonly [string, Command][]): { state: State; expected: Lines; rules: string[] } {
    const { model } = this;
    model.state = structuredClone(before);
    for (const [by, command] of order) {
      model.does(by, command);
      model.does(by, ASK);
    }
    const outcome = { state: model.state, expected: this.#expected, rules: this.#rules };
    [model.state, this.#expected, this.#rules] = [before, new Map(), []];
    return outcome;
  }

  #count(rules: readonly string[]): void {
    for (const rule of rules) this.met.set(rule, (this.met.get(rule) ?? 0) + 1);
  }
}
