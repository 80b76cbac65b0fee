import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './root.js';
import { until } from './until.js';

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Why there is no pseudo-terminal to be had here, as a test that is skipped says it; false where there is one. */
export function noPseudoTerminal(): string | false {
  try {
    execFileSync('script', ['-qec', 'test -t 0', '/dev/null'], { stdio: ['pipe', 'ignore', 'ignore'] });
    return false;
  } catch {
    return 'there is no script(1) of util-linux here, which makes pseudo-terminals';
  }
}

/** The client at a real terminal of 100 columns, as the kernel makes it: with an echo, unless it is turned off. */
export class PseudoTerminal {
  /** All that came to the screen, sequences too. */
  screen = '';
  readonly #child: ChildProcess;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const { MESSAGEAPP_PASSPHRASE: _one, MESSAGEAPP_PASSWORD: _other, NODE_OPTIONS: _tap, ...inherited } = process.env;
    const command = ['exec', process.execPath, 'client', ...args].map((word, at) => (at === 0 ? word : quoted(word)));
    this.#child = spawn('script', ['-qec', `stty cols 100 rows 30; ${command.join(' ')}`, '/dev/null'], {
      cwd: ROOT, env: { ...inherited, TERM: 'xterm', NO_COLOR: '1', ...env }, stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.screen += text));
  }

  /** Waits until this comes to the screen behind what was waited for last, and then types. */
  async at(what: string, keys: string): Promise<void> {
    await this.shows(what);
    this.#child.stdin!.write(keys);
  }

  async shows(what: string): Promise<void> {
    const where = () => this.screen.indexOf(what, this.#seen);
    const ended = () => this.#child.exitCode !== null;
    await until(`${what} on the screen`, () => where() >= 0 || ended(), 20_000).catch(() => undefined);
    if (where() < 0) throw new Error(`${JSON.stringify(what)} did not come: ${JSON.stringify(this.screen)}`);
    this.#seen = where() + what.length;
  }

  #seen = 0;

  /** @returns the exit status of the client */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  stop(): void {
    // The terminal ends, and with it, by SIGHUP, whoever is at it.
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM');
  }
}
