import { Fault } from '../target.js';

/** Errors that nobody waited for, in whatever runs between `watch` and `stop`. */
export class Strays {
  #caught: unknown;
  readonly #note = (error: unknown): void => void (this.#caught ??= error);

  watch(): void {
    process.on('uncaughtException', this.#note).on('unhandledRejection', this.#note);
  }

  stop(): void {
    process.off('uncaughtException', this.#note).off('unhandledRejection', this.#note);
  }

  /** Throws the first one. */
  check(): void {
    const caught = this.#caught;
    this.#caught = undefined;
    if (caught === undefined) return;
    throw new Fault(`nobody caught ${caught instanceof Error ? caught.stack : String(caught)}`);
  }
}
