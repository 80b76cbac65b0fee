import type { KeyMaker } from '../../common/crypto/rsa-key-maker.js';
import type { RsaEphemeral } from '../../common/crypto/suite.js';
import { rsaEphemeral } from './exchange-pair.js';

/** Makes a key when the test says so. All have the same bytes, each can be destroyed by itself. */
export class FakeKeyMaker implements KeyMaker {
  readonly made: RsaEphemeral[] = [];
  asked = 0;
  closed = false;
  #waiting: { resolve: (key: RsaEphemeral) => void; reject: (error: Error) => void } | undefined;

  make(): Promise<RsaEphemeral> {
    this.asked++;
    if (this.#waiting) throw new Error('asked for two keys at once');
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  get busy(): boolean {
    return this.#waiting !== undefined;
  }

  /** Finishes the key that was asked for; resolves when whoever asked has it. */
  async finish(): Promise<RsaEphemeral> {
    const waiting = this.#take();
    const key = rsaEphemeral();
    this.made.push(key);
    waiting.resolve(key);
    await new Promise(setImmediate);
    return key;
  }

  async fail(): Promise<void> {
    this.#take().reject(new Error('no key today'));
    await new Promise(setImmediate);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #take() {
    if (!this.#waiting) throw new Error('no key was asked for');
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}
