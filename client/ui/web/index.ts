import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../../common/clock.js';
import { WireError } from '../../../common/errors.js';
import type { Engine } from '../../engine/engine.js';
import type { Event } from '../../engine/protocol.js';
import { readCommand } from '../json-lines/read-command.js';
import { Console, type ConsoleIo } from './console.js';
import { readPage } from './files.js';
import { apply } from './model/apply.js';
import type { Change, Entry } from './model/entry.js';
import { emptyModel, type Model } from './model/model.js';
import { readAnswer, readKey } from './posts.js';
import { Questions } from './questions.js';
import { type Actions, WebServer } from './server.js';
import { Tabs } from './tabs.js';

/** Who is online is asked for so often while somebody looks; a search comes on top. */
const LIST_MS = 10_000;

/** Behind these events somebody may be there, or gone, whom the page does not show so yet. */
const stirring: ReadonlySet<Event['event']> = new Set(['request', 'chat', 'left', 'knock', 'here', 'away']);

/** So many of them may come at once: they are answered together. */
const STIR_MS = 500;

/** How the page asks for what opens the key or the account. Throws UsageError 'interrupted'. */
export type AskOnPage = (kind: 'passphrase' | 'password', again: boolean) => Promise<string>;

export type EnginePort = Pick<Engine, 'listen' | 'start' | 'do'>;

export interface WebOptions extends ConsoleIo {
  readonly user: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly clock: Clock;
}

/**
 * The page's face: serves it, makes the engine, which may ask for secrets on the page, and goes on until the engine is
 * closed. Throws what `makeEngine` throws, and UsageError 'cannot-listen'.
 * @returns the exit status
 */
export async function runWeb(
  options: WebOptions, makeEngine: (ask: AskOnPage) => Promise<EnginePort>,
): Promise<number> {
  const face = new Face(options);
  return face.run(makeEngine);
}

class Face implements Actions {
  readonly #model: Model;
  readonly #tabs: Tabs;
  readonly #questions = new Questions((asked) => this.#tell({ asked }));
  readonly #console: Console;
  #server: WebServer | undefined;
  #engine: EnginePort | undefined;
  #asking: Timer | undefined;
  #stirred: Timer | undefined;
  #shown = false;

  constructor(private readonly options: WebOptions) {
    this.#model = emptyModel(options.user);
    this.#tabs = new Tabs(options.clock);
    this.#console = new Console(options, { enter: () => this.#showAddress(), interrupt: () => this.#interrupt() });
  }

  async run(makeEngine: (ask: AskOnPage) => Promise<EnginePort>): Promise<number> {
    this.#server = await WebServer.listen(this.options.port, await readPage(), this);
    try {
      this.#engine = await makeEngine((kind, again) => {
        this.#show();
        return this.#questions.ask({ kind, again });
      });
      this.#show();
      return await this.#runEngine(this.#engine);
    } catch (error) {
      this.#tell({ event: { event: 'closed', status: 4, text: (error as Error).message } });
      throw error;
    } finally {
      await this.#close();
    }
  }

  /** The terminal is left alone until then: it may be asked for the passphrase itself. */
  #show(): void {
    if (this.#shown) return;
    this.#shown = true;
    this.#console.start();
    this.#showAddress();
  }

  #runEngine(engine: EnginePort): Promise<number> {
    return new Promise((resolve) => {
      engine.listen((event) => {
        this.#tell({ event });
        this.#console.show(event);
        if (event.event === 'ready') this.#list();
        else if (stirring.has(event.event)) this.#listSoon();
        if (event.event === 'closed') resolve(event.status);
      });
      engine.start();
    });
  }

  #showAddress(): void {
    this.#console.address(this.#server!.gate.address());
  }

  #interrupt(): void {
    if (!this.#engine || this.#model.state === 'closed') this.#questions.end();
    else this.#engine.do({ do: 'exit' });
  }

  async #close(): Promise<void> {
    this.#asking?.cancel();
    this.#stirred?.cancel();
    this.#tabs.close();
    await this.#server?.close();
    this.#console.stop();
  }

  #tell(change: Change): void {
    const entry: Entry = { ...change, time: this.options.clock.wall() };
    apply(this.#model, entry);
    this.#tabs.tell(entry);
  }

  /** Asks who is online while somebody looks. */
  #list(): void {
    this.#asking?.cancel();
    if (this.#model.state === 'online' && this.#tabs.count > 0) this.#engine!.do({ do: 'list' });
    this.#asking = this.options.clock.after(LIST_MS, () => this.#list());
  }

  #listSoon(): void {
    this.#stirred ??= this.options.clock.after(STIR_MS, () => {
      this.#stirred = undefined;
      this.#list();
    });
  }

  /* What the page does. */

  events(response: ServerResponse, browser: string): void {
    this.#tabs.add(response, browser, this.#model);
    if (this.#engine) this.#list();
  }

  opened(): void {
    this.#console.say('A browser was let in.');
    // Nobody can press Enter: the way back in has to be there already.
    if (!this.options.input.isTTY) this.#showAddress();
  }

  post(name: string, body: string): void {
    switch (name) {
      case 'do':
        return this.#do(body);
      case 'seen':
        return this.#tell({ seen: readKey(body) });
      case 'answer':
        if (this.#questions.answer(readAnswer(body))) return;
        throw new WireError('malformed', 'That is not asked, or not any more.');
      default:
        throw new WireError('malformed', 'The page has nothing of that name.');
    }
  }

  #do(body: string): void {
    const command = readCommand(body);
    if (!this.#engine && command.do === 'exit') return this.#questions.end();
    if (!this.#engine) throw new WireError('malformed', 'Nobody is logged in yet.');
    // First of all, so that what the engine says of it at once finds it there.
    this.#tell({ did: command });
    this.#engine.do(command);
  }
}
