import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A process of the soak: it gets its options as its argument, tells what happens, and answers questions in order. */
export class Child<Told extends object> {
  readonly #child: ChildProcess;
  readonly #waiting: ((told: Told) => void)[] = [];
  #stopping = false;

  /** @param file without its ending, beside this one @param tell hears what no question was asked for */
  constructor(file: string, options: object, tell: (told: Told) => void, nodeOptions: readonly string[] = []) {
    const path = fileURLToPath(new URL(`./${file}${extname(fileURLToPath(import.meta.url))}`, import.meta.url));
    this.#child = fork(path, [JSON.stringify(options)], { execArgv: [...process.execArgv, ...nodeOptions] });
    this.#child.on('message', (told: Told & { readonly answer?: true }) => (told.answer ? this.#waiting.shift()?.(told) : tell(told)));
    this.#child.once('exit', (code, signal) => {
      if (!this.#stopping) throw new Error(`${file} ended by itself (${signal ?? code}).`);
    });
  }

  ask(question: string): Promise<Told> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.send(question);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

/** The other side of it, in the child: `answer` is called for each question. The process ends with its parent. */
export function beChild<Options, Told extends object>(answer: (question: string) => Told | Promise<Told>): { options: Options; tell: (told: Told) => void } {
  process.on('message', async (question: string) => process.send?.({ ...await answer(question), answer: true }));
  process.on('disconnect', () => process.exit(0));
  return { options: JSON.parse(process.argv[2] ?? '{}') as Options, tell: (told) => void process.send?.(told) };
}
