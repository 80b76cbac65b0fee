import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './root.js';
import { until } from './until.js';

/** One of the programs as a user starts it, with what it wrote. */
export class Program {
  readonly child: ChildProcess;
  out = '';
  error = '';

  /** @param name client, server or keys; or a file, for a test of what has no such folder */
  constructor(name: string, args: readonly string[], env: Record<string, string> = {}) {
    const { MESSAGEAPP_PASSPHRASE: _none, ...inherited } = process.env;
    this.child = spawn(process.execPath, [name, ...args], { cwd: ROOT, env: { ...plain(inherited), ...env } });
    this.child.stdout!.on('data', (data: Buffer) => (this.out += data.toString()));
    this.child.stderr!.on('data', (data: Buffer) => (this.error += data.toString()));
  }

  type(...lines: readonly (string | object)[]): void {
    for (const line of lines) this.child.stdin!.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  }

  /** Whole lines of standard output as JSON. */
  get events(): Record<string, unknown>[] {
    return this.out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The next event of this name, also one that is there already; each is given once. */
  async event(name: string): Promise<Record<string, any>> {
    const find = () => this.events.findIndex((event, at) => at >= this.#seen && event['event'] === name);
    await until(`the event ${name}`, () => find() >= 0 || this.child.exitCode !== null, 20_000);
    const at = find();
    if (at < 0) throw new Error(`ended before ${name}: ${this.out}${this.error}`);
    this.#seen = at + 1;
    return this.events[at]!;
  }

  #seen = 0;

  async says(what: RegExp): Promise<void> {
    await until(`${what} in ${JSON.stringify(this.out + this.error)}`, () => what.test(this.out + this.error), 20_000);
  }

  /** @returns the exit status */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  stop(): void {
    if (this.child.exitCode === null) this.child.kill('SIGKILL');
  }
}

/** Without what the test runner put there for its own children. */
function plain(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('TAP') && !name.startsWith('_TAPJS')));
}
