import type { Entry } from '../model/entry.js';
import type { Model } from '../model/model.js';

export interface StreamEvents {
  /** All of it: at the beginning, and whenever the connection was made again. */
  model(model: Model): void;
  entry(entry: Entry): void;
  /** The client's process does not answer. @param forGood and it is not tried again */
  gone(forGood: boolean): void;
  /** Too many tabs of this browser are open, and this is the oldest. */
  replaced(): void;
}

/** What the client's process tells this tab. The browser makes a broken connection again by itself. */
export class Stream {
  readonly #source = new EventSource('events');

  constructor(on: StreamEvents) {
    this.#source.addEventListener('model', ({ data }) => on.model(JSON.parse(data) as Model));
    this.#source.addEventListener('message', ({ data }) => on.entry(JSON.parse(data) as Entry));
    this.#source.addEventListener('replaced', () => {
      this.close();
      on.replaced();
    });
    this.#source.addEventListener('error', () => on.gone(this.#source.readyState === EventSource.CLOSED));
  }

  close(): void {
    this.#source.close();
  }
}
