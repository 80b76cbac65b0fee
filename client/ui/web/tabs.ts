import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../../common/clock.js';
import type { Entry } from './model/entry.js';
import type { Model } from './model/model.js';

/** A browser opens six connections to a server: the others are for what the tabs say. */
const TABS_MAX = 4;

/**
 * A tab that does not read has this much waiting on top of the model it began with, in bytes; it is cut then, and
 * fetches the whole model when it comes back. That has to get through, also where texts of control characters make it
 * six times as long.
 */
const WAITING_MAX = 32 * 1024 * 1024;

/** So that a connection that is dead is noticed on both sides. */
const BEAT_MS = 15_000;

interface Tab {
  readonly browser: string;
  /** What may wait for it, in bytes. */
  readonly waitingMax: number;
}

/** The pages that are open: each gets the model as it is, and every entry after that, as server-sent events. */
export class Tabs {
  /** The oldest first. */
  readonly #open = new Map<ServerResponse, Tab>();
  #beat: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  get count(): number {
    return this.#open.size;
  }

  /** One more than a browser may have takes the place of its oldest. */
  add(response: ServerResponse, browser: string, model: Model): void {
    const others = [...this.#open].filter(([, tab]) => tab.browser === browser);
    if (others.length >= TABS_MAX) others[0]![0].end('event: replaced\ndata:\n\n');
    const all = `event: model\ndata: ${JSON.stringify(model)}\n\n`;
    this.#open.set(response, { browser, waitingMax: Buffer.byteLength(all) + WAITING_MAX });
    response.on('close', () => this.#open.delete(response));
    response.write(all);
    this.#beat ??= this.clock.after(BEAT_MS, this.#beats);
  }

  tell(entry: Entry): void {
    const line = `data: ${JSON.stringify(entry)}\n\n`;
    for (const [tab, { waitingMax }] of [...this.#open]) write(tab, waitingMax, line);
  }

  /** Tells what is still to be told, and ends. */
  close(): void {
    this.#beat?.cancel();
    for (const tab of [...this.#open.keys()]) tab.end();
  }

  readonly #beats = (): void => {
    for (const [tab, { waitingMax }] of [...this.#open]) write(tab, waitingMax, ': still here\n\n');
    this.#beat = this.#open.size > 0 ? this.clock.after(BEAT_MS, this.#beats) : undefined;
  };
}

function write(tab: ServerResponse, waitingMax: number, text: string): void {
  if (tab.writableLength > waitingMax) tab.destroy();
  else tab.write(text);
}
