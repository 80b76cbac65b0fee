import type { Random } from '../support/mutations.js';
import type { Command, ReferenceModel } from './reference-model.js';
import { callersOf, callsBy, conversationsOf, type Limits, ofPair, peerIn, peersOf, type State } from './state.js';

export const NAMES: readonly string[] = ['alice', 'bob', ...Array.from({ length: 18 }, (_, n) => `user${n + 3}`)];

/** The two that say more and seldom leave, so that there are sessions in which many conversations were left. */
const STEADY = ['alice', 'bob'];

/** Names that are grammatical, and enrolled for nobody. */
const STRANGERS = ['nobody', 'constructor', 'Alice', 'user'];
const PREFIXES = ['', '', '', 'a', 'b', 'user', 'user1', 'user2', 'zzz'];
const BREAKS = ['reset', 'end', 'inside a record'];
const RUBBISH = ['other direction', 'unknown command', 'username', 'pong', 'header', 'tag', 'no message'];

/** What a user may do next: mostly something that fits the state, and often something that does not. */
export class RandomCommands {
  readonly #lastCalled = new Map<string, string>();

  constructor(private readonly model: ReferenceModel, private readonly random: Random) {}

  get #state(): State {
    return this.model.state;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.random(from.length)];
  }

  #chance(percent: number): boolean {
    return this.random(100) < percent;
  }

  who(): string {
    return this.pick(this.#chance(20) ? STEADY : NAMES)!;
  }

  next(by: string): Command {
    const connection = this.#state.online.get(by);
    if (!connection) return ['login'];
    if (connection.pongBy !== undefined && this.#chance(30)) return ['pong'];
    if (this.random(STEADY.includes(by) ? 20_000 : 150) === 0) return this.#leave();
    if (this.random(300) === 0) return ['login'];
    return this.#chance(92) ? this.#aboutOthers(by) : this.#aside();
  }

  #leave(): Command {
    const roll = this.random(10);
    if (roll < 4) return ['exit'];
    return roll < 7 ? ['breaks', this.pick(BREAKS)!] : ['rubbish', this.pick(RUBBISH)!];
  }

  #aside(): Command {
    if (this.#chance(30)) return ['ping', `${this.random(1_000)}`];
    return ['list', this.pick(PREFIXES)!, this.#chance(50) ? '' : this.#anybody()];
  }

  /** Where there is nothing to be accepted, told or left, one calls instead more often than not. */
  #aboutOthers(by: string): Command {
    const roll = this.random(100);
    if (roll < 30) return this.#chat(by);
    if (roll < 42) return this.#cach(by);
    const callers = callersOf(this.#state, by);
    const idle = roll < 68 ? callers.length === 0 : conversationsOf(this.#state, by).length === 0;
    if (idle && this.#chance(70)) return this.#chat(by);
    if (roll < 68) return [roll < 62 ? 'acpt' : 'refu', this.#mostly(callers)];
    return roll < 86 ? ['frwd', this.#conversation(by), this.#body()] : ['exch', this.#conversation(by)];
  }

  #chat(by: string): Command {
    const again = this.#lastCalled.get(by);
    const receiver = again !== undefined && this.#chance(55) ? again : this.#anybody();
    this.#lastCalled.set(by, receiver);
    return ['chat', receiver];
  }

  /** Often the one that was called last: only so three calls in a row are withdrawn now and then. */
  #cach(by: string): Command {
    const last = this.#lastCalled.get(by);
    return ['cach', last !== undefined && this.#chance(60) ? last : this.#mostly(callsBy(this.#state, by))];
  }

  #mostly(fitting: readonly string[]): string {
    return (this.#chance(80) ? this.pick(fitting) : undefined) ?? this.#anybody();
  }

  #anybody(): string {
    return this.pick(this.#chance(5) ? STRANGERS : NAMES)!;
  }

  /** One's own mostly; one that was left, lately or long ago; one of the last anywhere; one that never was. */
  #conversation(by: string): string {
    const { online, made } = this.#state;
    const { left } = online.get(by)!;
    const roll = this.random(100);
    const last = `#${made - this.random(Math.min(made, 20))}`;
    const unknown = Array.from({ length: 16 }, () => this.random(16).toString(16)).join('');
    if (roll < 65) return this.pick(conversationsOf(this.#state, by)) ?? unknown;
    if (roll < 72) return this.pick(left.slice(-3)) ?? unknown;
    if (roll < 80) return left.at(-60 - this.random(10)) ?? unknown;
    return roll < 95 && made > 0 ? last : unknown;
  }

  #body(): string {
    const length = this.random(400) === 0 ? 65_471 : 1 + this.random(60);
    return String.fromCharCode(33 + this.random(94)).repeat(length);
  }

  /** Two commands about the same call or conversation, for two clients that speak at once. */
  crossing(one: string): [by: string, Command][] | undefined {
    if (!this.#state.online.has(one)) return undefined;
    const near = [...callsBy(this.#state, one), ...callersOf(this.#state, one), ...peersOf(this.#state, one)];
    const other = this.pick(this.#chance(80) ? near : [...this.#state.online.keys()]);
    if (other === undefined || other === one) return undefined;
    const words: [string, Command][] = [[one, this.#towards(one, other)], [other, this.#towards(other, one)]];
    return this.#chance(50) ? words : words.reverse();
  }

  #towards(by: string, peer: string): Command {
    if (this.#chance(20)) return ['chat', peer];
    const shared = conversationsOf(this.#state, by).find((each) => peerIn(this.#state, each, by) === peer);
    if (shared) return this.#chance(50) ? ['exch', shared] : ['frwd', shared, this.#body()];
    if (callersOf(this.#state, by).includes(peer)) return [this.#chance(70) ? 'acpt' : 'refu', peer];
    return [callsBy(this.#state, by).includes(peer) ? 'cach' : 'chat', peer];
  }

  /** A time that is running, and what to say about its end. */
  edge({ ringMs, refusedMs }: Limits): [at: number, by: string, Command] | undefined {
    const { now, online, requests, barred, withdrawn } = this.#state;
    const about = (call: string, verb: string): [string, Command] => [ofPair(call)[0], [verb, ofPair(call)[1]]];
    const ringing = this.pick([...requests]);
    const waiting = this.pick([...barred].filter(([, { until }]) => until > now));
    const inARow = this.pick([...withdrawn].filter(([call, { last }]) => requests.has(call) && last + refusedMs > now));
    const asked = this.pick([...online].filter(([, { pongBy }]) => pongBy !== undefined));
    return this.pick<[number, string, Command] | undefined>([
      ringing && [ringing[1] + ringMs, ...about(ringing[0], 'cach')],
      waiting && [waiting[1].until, ...about(waiting[0], 'chat')],
      inARow && [inARow[1].last + refusedMs, ...about(inARow[0], 'cach')],
      asked && [asked[1].pongBy!, asked[0], ['pong']],
    ]);
  }
}
