import type { Clock, Timer } from '../../common/clock.js';
import type { Secret } from '../../common/crypto/secret.js';
import { LimitError } from '../../common/errors.js';
import { Inbox } from '../../common/transport/inbox.js';
import { type ClientCommand, clientCommands } from '../../common/wire/commands.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import type { Rates } from './rate.js';

type Limits = Pick<RelayLimits, 'rateMessages' | 'waitingCells'>;

export interface IntakeOptions {
  readonly key: Secret;
  /** Of the first record; 0 unless said. */
  readonly counter?: bigint;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly rates: Rates;
}

/** Whose messages they are, and who is told of them. */
export interface Heard {
  readonly username: string;
  /** A whole record was opened. */
  record(): void;
  /** Read nothing more from the client, or go on. */
  hold(held: boolean): void;
  message(command: ClientCommand, payload: Buffer): void;
  /** What is wrong with what came: a WireError, LimitError 'flood', or what `message` threw. Nothing follows. */
  fault(fault: unknown): void;
}

interface Message {
  readonly command: ClientCommand;
  readonly payload: Buffer;
}

/**
 * What comes from one client, at the rate that its user is allowed (docs/PROTOCOL.md part 6): a record waits unopened
 * until there is room for a message, and the messages of an opened one wait for theirs. Where too much waits, nothing more
 * is read: a line that had stood still, and then brings all at once, is no reason to cut anybody.
 */
export class Intake {
  readonly #inbox: Inbox<ClientCommand>;
  #opened: readonly Message[] = [];
  #next = 0;
  #timer: Timer | undefined;
  #held = false;
  #stopped = false;

  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #rates: Rates;

  constructor(private readonly by: Heard, { key, counter, limits, clock, rates }: IntakeOptions) {
    this.#inbox = new Inbox(by.username, key, clientCommands, counter);
    this.#limits = limits;
    this.#clock = clock;
    this.#rates = rates;
  }

  /** True while something waits for its turn. */
  get waits(): boolean {
    return this.#timer !== undefined;
  }

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    try {
      this.#inbox.push(chunk, this.#work);
    } catch (fault) {
      this.#fail(fault);
    }
  }

  readonly #work = (): void => {
    this.#workOff();
    this.#holdOrGoOn();
  };

  #workOff(): void {
    const { username } = this.by;
    while (!this.#stopped && this.#timer === undefined && this.#ready()) {
      const wait = this.#rates.wait(username);
      if (wait > 0) {
        this.#timer = this.#clock.after(wait, this.#resume);
        return;
      }
      const message = this.#opened[this.#next];
      if (message) {
        this.#next++;
        this.#rates.count(username);
        this.by.message(message.command, message.payload);
      } else {
        this.#open();
      }
    }
  }

  #holdOrGoOn(): void {
    const { waitingCells } = this.#inbox;
    const most = this.#limits.waitingCells;
    const held = waitingCells > (this.#held ? most / 2 : most);
    if (held === this.#held || this.#stopped) return;
    this.#held = held;
    this.by.hold(held);
  }

  #ready(): boolean {
    return this.#next < this.#opened.length || this.#inbox.ready;
  }

  #open(): void {
    this.#opened = this.#inbox.next() ?? [];
    this.#next = 0;
    this.by.record();
    if (this.#opened.length > this.#limits.rateMessages) {
      throw new LimitError('flood', `A record with ${this.#opened.length} messages.`);
    }
  }

  readonly #resume = (): void => {
    this.#timer = undefined;
    try {
      this.#work();
    } catch (fault) {
      this.#fail(fault);
    }
  };

  #fail(fault: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.by.fault(fault);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#opened = [];
    this.#inbox.wipe();
  }
}
