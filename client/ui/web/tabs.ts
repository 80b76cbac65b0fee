import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../../common/clock.js';
import type { Entry } from './model/entry.js';
import type { Model } from './model/model.js';

/** A browser opens six connections to a server: the others are for what the tabs say. */
const TABS_MAX = 4;

/** A tab that does not read has this much waiting, in bytes; it is cut then, and fetches the whole model when it comes back. */
const WAITING_MAX = 32 * 1024 * 1024;

/** So that a connection that is dead is noticed on both sides. */
const BEAT_MS = 15_000;

/** The pages that are open: each gets the model as it is, and every entry after that, as server-sent events. */
export class Tabs {
  /** Of which browser each is; the oldest first. */
  readonly #open = new Map<ServerResponse, string>();
  #beat: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  get count(): number {
    return this.#open.size;
  }

  /** One more than a browser may have takes the place of its oldest. */
  add(response: ServerResponse, browser: string, model: Model): void {
    const others = [...this.#open].filter(([, of]) => of === browser);
    if (others.length >= TABS_MAX) others[0]![0].end('event: replaced\ndata:\n\n');
    this.#open.set(response, browser);
    response.on('close', () => this.#open.delete(response));
    response.write(`event: model\ndata: ${JSON.stringify(model)}\n\n`);
    this.#beat ??= this.clock.after(BEAT_MS, this.#beats);
  }

  tell(entry: Entry): void {
    const line = `data: ${JSON.stringify(entry)}\n\n`;
    for (const tab of [...this.#open.keys()]) this.#write(tab, line);
  }

  /** Tells what is still to be told, and ends. */
  close(): void {
    this.#beat?.cancel();
    for (const tab of [...this.#open.keys()]) tab.end();
  }

  #write(tab: ServerResponse, text: string): void {
    if (tab.writableLength > WAITING_MAX) tab.destroy();
    else tab.write(text);
  }

  readonly #beats = (): void => {
    for (const tab of [...this.#open.keys()]) this.#write(tab, ': still here\n\n');
    this.#beat = this.#open.size > 0 ? this.clock.after(BEAT_MS, this.#beats) : undefined;
  };
}
