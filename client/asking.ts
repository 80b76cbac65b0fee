import { givenPassphrase, passphrase, PASSWORD_VARIABLE } from '../common/cli/passphrase.js';
import { UsageError } from '../common/errors.js';
import type { ClientOptions } from './options.js';
import type { Lend } from './ui/terminal/io.js';

type Given = Pick<ClientOptions, 'json' | 'passwordFile'>;

/** The password of an account, where the server asks for it: from a file, the environment, or the person. */
export class Asking {
  /** Set by the face that holds the keyboard. */
  lend: Lend = (work) => work();

  constructor(private readonly username: string, private readonly options: Given) {}

  /** Throws UsageError 'no-passphrase', 'bad-file', 'interrupted'. */
  async ask(): Promise<string> {
    const source = { file: this.options.passwordFile, variable: PASSWORD_VARIABLE };
    const given = await givenPassphrase(source);
    if (given !== undefined) return given;
    if (this.options.json || !process.stdin.isTTY) {
      throw new UsageError(
        'no-passphrase',
        `The server asks for the password of ${this.username}: give it in a file with --password-file FILE or in the `
          + `environment as ${PASSWORD_VARIABLE}.`,
      );
    }
    const prompt = `Password of ${this.username}`;
    return this.lend(() => passphrase({ ...source, prompt, option: '--password-file' }));
  }
}
