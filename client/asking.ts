import { givenPassphrase, passphrase, PASSWORD_VARIABLE } from '../common/cli/passphrase.js';
import { passwordBytes } from '../common/crypto/password.js';
import { UsageError } from '../common/errors.js';
import type { ClientOptions } from './options.js';
import type { Lend } from './ui/terminal/io.js';

type Given = Pick<ClientOptions, 'json' | 'passwordFile'>;

const TRIES = 3;

/** The password of an account, where the server asks for it: from a file, the environment, or the person. */
export class Asking {
  /** Set by the face that holds the keyboard. */
  lend: Lend = (work) => work();

  #asked = 0;

  /** @param onPage where there is a page, that asks on it; `again` after a wrong one */
  constructor(
    private readonly username: string,
    private readonly options: Given,
    private readonly onPage?: (again: boolean) => Promise<string>,
  ) {}

  /** How often a wrong one is asked for in all: only a person can give another. */
  get tries(): number {
    const { passwordFile } = this.options;
    const given = passwordFile !== undefined || process.env[PASSWORD_VARIABLE] !== undefined;
    return !given && this.#canAsk ? this.#patience : 1;
  }

  /** Throws UsageError 'no-passphrase', 'bad-file', 'interrupted'. */
  async ask(): Promise<string> {
    const given = await givenPassphrase({ file: this.options.passwordFile, variable: PASSWORD_VARIABLE });
    if (given !== undefined) return given;
    if (!this.#canAsk) {
      throw new UsageError(
        'no-passphrase',
        `The server asks for the password of ${this.username}: give it in a file with --password-file FILE or in the `
          + `environment as ${PASSWORD_VARIABLE}.`,
      );
    }
    if (this.onPage) return this.#askOnPage(this.onPage);
    return this.lend(() => this.#askPerson());
  }

  get #canAsk(): boolean {
    return this.onPage !== undefined || (!this.options.json && process.stdin.isTTY === true);
  }

  get #patience(): number {
    return this.onPage ? Infinity : TRIES;
  }

  /** For as long as it is none: the page stays, and the client with it. */
  async #askOnPage(onPage: (again: boolean) => Promise<string>): Promise<string> {
    for (;;) {
      const typed = await onPage(this.#asked++ > 0);
      try {
        passwordBytes(typed).wipe();
        return typed;
      } catch (error) {
        if (!(error instanceof UsageError && error.code === 'no-passphrase')) throw error;
      }
    }
  }

  /** One that is none does not go to the server: whoever has only slipped does not wait. */
  async #askPerson(): Promise<string> {
    for (let left = TRIES; ; left--) {
      try {
        const typed = await passphrase({ variable: PASSWORD_VARIABLE, prompt: `Password of ${this.username}` });
        passwordBytes(typed).wipe();
        return typed;
      } catch (error) {
        if (left === 1 || !(error instanceof UsageError) || error.code !== 'no-passphrase') throw error;
        process.stderr.write(`${error.message}\n`);
      }
    }
  }
}
