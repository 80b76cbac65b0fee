import type { Test } from 'tap';
import { ManualClock } from '../support/manual-clock.js';
import { type Random, seeded } from '../support/mutations.js';
import { TestServer } from '../support/test-server.js';
import { until } from '../support/until.js';
import { Clients } from './clients.js';
import { NAMES, RandomCommands } from './random-commands.js';
import { type Command, ReferenceModel } from './reference-model.js';
import { Referee } from './referee.js';

export interface Game {
  readonly seed: number;
  readonly commands: number;
  /** Another one, to see that a wrong one is found out. */
  readonly model?: typeof ReferenceModel;
}

/**
 * Of the clock, behind each turn. Modulo this the times below differ: a ring, an idle user and a `ping` that nobody
 * answers never end in one moment, in an order that no rule tells. The counts are low, so that they are met; what is
 * not a matter of calls is out of reach.
 */
const TICK = 4;
const limits = {
  conversationsPerUser: 3, outgoingCalls: 3, incomingCalls: 3,
  ringMs: 60_000, refusedMs: 30_000, idleMs: 200_001, takeoverMs: 5_003,
  rateMessages: 64, rateWindowMs: 1,
  silenceMs: 1e12, stalledMs: 1e12, queueCells: 1e6, connectRate: 1e6, connectBurst: 1e6,
};

const PAUSES = [500, 2_000, 5_000, 10_000, 45_000];

/** What a client may say more behind, before it has heard anything; of a new conversation it has to hear first. */
const AT_ONCE = new Set(['chat', 'cach', 'refu', 'frwd', 'exch', 'list', 'ping', 'pong']);

/**
 * Users of a real server say at random what they may and what they may not, and the model has to know every answer.
 * @returns how often each rule of the model was met. Throws Disagreement.
 */
export async function play(t: Test, game: Game): Promise<ReadonlyMap<string, number>> {
  const clock = new ManualClock();
  const clients = new Clients(() => server);
  const server = await TestServer.start(t, { users: NAMES, clock, limits, log: clients.noted });
  const referee = new Referee(game.seed, clients, game.model ?? ReferenceModel, limits);
  const turns = new Turns(referee, clients, clock, seeded(game.seed));
  while (referee.journal.commands < game.commands) await turns.next();

  await turns.everybody();
  referee.model.closes();
  await server.running.close();
  await referee.settle();
  await until('no timer is left', () => clock.pending === 0);
  return referee.met;
}

class Turns {
  readonly #speaker: RandomCommands;
  #count = 0;

  constructor(
    private readonly referee: Referee, private readonly clients: Clients,
    private readonly clock: ManualClock, private readonly random: Random,
  ) {
    this.#speaker = new RandomCommands(referee.model, random);
  }

  async next(): Promise<void> {
    await this.#pass(TICK);
    if (this.random(40) === 0) await this.#pass(this.#speaker.pick(PAUSES)!);
    if (this.random(100) === 0) await this.#edge();
    if (this.random(400) === 0) await this.#lull();
    if (++this.#count % 200 === 0) await this.everybody();
    const by = this.#speaker.who();
    const crossing = this.random(30) === 0 ? this.#speaker.crossing(by) : undefined;
    await (crossing ? this.referee.crossing(...crossing) : this.#oneSpeaks(by));
  }

  /** Two who fall idle in one moment would go in an order that no rule tells: all but one say something before. */
  async #pass(ms: number): Promise<void> {
    const { model } = this.referee;
    const { online, now } = model.state;
    const end = now + ms;
    const idle = [...online.keys()].filter((name) => online.get(name)!.active + limits.idleMs <= end);
    idle.sort((one, other) => online.get(one)!.active - online.get(other)!.active);
    for (const name of idle.slice(1)) await this.#say(name, [this.referee.does(name, ['list', 'zzz', ''])]);
    // In steps: whoever is cut has some seconds for the last words, which would be over at once.
    while (model.state.now < end) {
      const step = (model.due(end)?.at ?? end) - model.state.now;
      model.advance(step);
      this.clock.advance(step);
      await this.referee.settle();
    }
  }

  /** Just before, or just when, a time is over, somebody says what then has another answer. */
  async #edge(): Promise<void> {
    const { model } = this.referee;
    const edge = this.#speaker.edge(limits);
    if (!edge) return;
    const [at, by, command] = edge;
    await this.#pass(TICK * Math.max(0, Math.ceil((at - model.state.now) / TICK) - this.random(2)));
    if (model.state.online.has(by)) await this.#say(by, [this.referee.does(by, command)]);
  }

  /** Until one of them falls idle. */
  async #lull(): Promise<void> {
    const { online, now } = this.referee.model.state;
    const first = Math.min(...[...online.values()].map(({ active }) => active)) + limits.idleMs;
    if (first < Infinity) await this.#pass(TICK * Math.ceil((first - now) / TICK));
  }

  /** Whatever anybody was told without cause is found now. */
  async everybody(): Promise<void> {
    const names = [...this.referee.model.state.online.keys()];
    for (const name of names) this.clients.say(name, this.referee.asked(name));
    await this.referee.settle(...names);
  }

  async #oneSpeaks(by: string): Promise<void> {
    const said: Command[] = [];
    for (let left = 1 + this.random(8); left > 0; left--) {
      const command = this.#speaker.next(by);
      const alone = command[0] === 'login' || command[0] === 'breaks';
      if (alone && said.length === 0) return this.#connection(by, command);
      if (alone) break;
      said.push(this.referee.does(by, command));
      if (!AT_ONCE.has(command[0])) break;
    }
    const gone = !this.referee.model.state.online.has(by);
    if (gone && this.random(2) === 0) said.push(this.referee.does(by, ['chat', this.#speaker.who()]));
    await this.#say(by, said);
  }

  async #connection(by: string, command: Command): Promise<void> {
    this.referee.does(by, command);
    if (command[0] === 'login') await this.clients.login(by);
    else this.clients.breaks(by, command[1]!);
    await this.referee.settle();
  }

  /** What the model was told of already. */
  async #say(by: string, commands: readonly Command[]): Promise<void> {
    const stays = this.referee.model.state.online.has(by);
    this.clients.say(by, [...commands, ...(stays ? this.referee.asked(by) : [])], this.random(2) === 0);
    await this.referee.settle(by);
  }
}
