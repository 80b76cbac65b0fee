import { status } from '../../../common/cli/run.js';
import { type Clock, systemClock, type Timer } from '../../../common/clock.js';
import type { Event } from '../../engine/protocol.js';
import { Actions } from './actions.js';
import { Desk } from './desk.js';
import { type Desktop, onPipe, onTerminal } from './desktop.js';
import { type EnginePort, isInteractive, type TerminalIo, type TerminalOptions } from './io.js';
import { palette } from './palette.js';
import { aside, line, notice, problem, quotation, type Row } from './row.js';
import { show } from './show.js';
import { notSignedYet } from './show-signed.js';
import { Texts } from './texts.js';
import { dayOf } from './time.js';

export type { EnginePort, TerminalIo, TerminalOptions } from './io.js';

/** A second Ctrl-C within this time quits. */
const AGAIN_MS = 2_000;
/** 128 + SIGINT: the person did not wait for the goodbyes. */
const INTERRUPTED = 130;
const signals = { SIGINT: INTERRUPTED, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof signals;

/**
 * The terminal face: starts the engine, does what is typed (or comes from a pipe) and prints what happens,
 * until the engine is closed.
 * @returns the exit status of the `closed` event; 1 where a script was cut short; or 128 + the signal where the person
 * did not wait for it
 */
export function runTerminal(engine: EnginePort, io: TerminalIo, options: TerminalOptions): Promise<number> {
  return new Promise((resolve) => {
    const face = new Face(engine, io, options, (status) => {
      face.stop();
      resolve(status);
    });
    face.start();
  });
}

class Face {
  readonly #clock: Clock;
  readonly #desk: Desk;
  readonly #texts: Texts;
  readonly #actions: Actions;
  readonly #desktop: Desktop;
  #day: string | undefined;
  #unlisten: (() => void) | undefined;
  #quitting = false;
  #cutShort = false;
  #asked: Timer | undefined;

  constructor(
    private readonly engine: EnginePort,
    io: TerminalIo,
    private readonly options: TerminalOptions,
    private readonly done: (status: number) => void,
  ) {
    const interactive = isInteractive(io);
    this.#clock = options.clock ?? systemClock;
    this.#desk = new Desk(!interactive);
    this.#texts = new Texts(this.#clock, this.#print);
    this.#desktop = (interactive ? onTerminal : onPipe)({
      io, desk: this.#desk, texts: this.#texts, clock: this.#clock, paint: palette(options.colour),
      line: (typed) => this.#actions.line(typed),
      end: () => this.#end(), interrupt: this.#interrupt, quit: this.#quit, unsigned: this.#unsigned,
    });
    this.#actions = new Actions({
      user: options.user, engine, desk: this.#desk, texts: this.#texts, screen: this.#desktop.screen,
      print: this.#print, now: this.#now, quit: this.#quit,
    });
  }

  start(): void {
    for (const signal of Object.keys(signals) as Signal[]) process.on(signal, this.#signalled);
    this.#unlisten = this.engine.listen(this.#take);
    this.#desktop.start();
    if (this.options.asking) this.options.asking.lend = this.#desktop.lend;
    this.engine.start();
  }

  stop(): void {
    for (const signal of Object.keys(signals) as Signal[]) process.off(signal, this.#signalled);
    this.#unlisten?.();
    this.#asked?.cancel();
    this.#texts.stop();
    this.#desktop.stop();
  }

  /* What happens. */

  readonly #take = (event: Event): void => {
    const before = this.#desk.take(event, this.#desktop.typing);
    this.#print(show(event, {
      now: this.#now(), before, didactic: this.options.didactic,
      user: this.options.user, inFront: this.#desk.isInFront(event),
      textOf: (id) => this.#texts.textOf(id),
      markOf: (peer, signed) => this.#desk.signing.mark(peer, signed),
    }));
    this.#texts.take(event);
    const begins = event.event === 'chat' && this.#desk.signing.wanted.has(event.with);
    if (begins) this.#print(notSignedYet(this.#now(), event.with));
    // The number was approved because it had been compared.
    if (event.event === 'trusted') this.engine.do({ do: 'compared', with: event.with });
    if (event.event === 'closed') return this.done(event.status === 0 && this.#cutShort ? status.failed : event.status);
    this.#desktop.settle();
  };

  /** Prints rows, and a line with the date where the day has changed since the last ones. */
  readonly #print = (rows: readonly Row[]): void => {
    const today = dayOf(this.#now());
    const changed = rows.length > 0 && this.#day !== undefined && this.#day !== today;
    if (rows.length > 0) this.#day = today;
    this.#desktop.screen.print(changed ? [line(`--- ${today} ---`, 'quiet'), ...rows] : rows);
  };

  readonly #now = (): Date => new Date(this.#clock.wall());

  /* Leaving. */

  readonly #quit = (): void => {
    if (this.#quitting) return;
    this.#quitting = true;
    this.engine.do({ do: 'exit' });
  };

  readonly #unsigned = (peer: string, [text = '', ...others]: readonly string[]): void => {
    this.#cutShort = true;
    this.#print([
      problem(this.#now(), `Not sent, since the chat with ${peer} is not signed:`), quotation(text),
      aside(`This is the end of the script${others.length > 0 ? `; not done either: ${others.length} more` : ''}.`),
    ]);
    this.#quit();
  };

  /** Ctrl-C on an empty line: ask, quit, and do not wait for the goodbyes any more. */
  readonly #interrupt = (): void => {
    if (this.#quitting) return this.done(INTERRUPTED);
    if (this.#asked) return this.#quit();
    if (this.#desk.question) return this.#actions.line('no');
    this.#print([notice(this.#now(), 'Ctrl-C again quits.')]);
    this.#asked = this.#clock.after(AGAIN_MS, () => {
      this.#asked = undefined;
    });
  };

  /** Ctrl-D on an empty line. */
  #end(): void {
    if (this.#desk.question) return this.#actions.line('no');
    if (this.#desk.front.at === 'server') return this.#quit();
    this.#actions.end();
  }

  readonly #signalled = (signal: Signal): void => {
    if (this.#quitting) return this.done(signals[signal]);
    this.#quit();
  };
}
