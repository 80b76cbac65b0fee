import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromChild, Memory, Question } from './child-side.js';
import type { Cores } from './pinning.js';

/** What is known of a server's memory, in bytes. Of one that is not ours: what the system knows. */
export type Weight = Pick<Memory, 'resident'> & Partial<Memory>;

/** What is measured, whoever wrote it. */
export interface Server {
  readonly port: number | Promise<number>;
  /** Milliseconds of processor time that it has used in all its threads; NaN where that is not known. */
  cpu(): Promise<number>;
  /** NaN where that is not known. */
  memory(): Promise<Weight>;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

/** A server in a process of its own, on a core of its own. It ends with this process, however that ends. */
export class ServerChild implements Server {
  readonly #child: ChildProcess;
  readonly #full: Promise<void>;
  #stopping = false;

  private constructor(child: ChildProcess, readonly port: Promise<number>) {
    this.#child = child;
    this.#full = told(child, 'full').then(() => undefined);
    child.once('exit', (code, signal) => {
      if (!this.#stopping) throw new Error(`A server of the bench ended by itself (${signal ?? code}).`);
    });
  }

  /**
   * @param file without its ending, which is that of this one: .js as built, .ts where tests run it
   * @param weighed its memory will be asked for
   */
  static async start(file: string, options: object, cores: Cores | undefined, weighed = false): Promise<ServerChild> {
    const own = fileURLToPath(import.meta.url);
    const path = fileURLToPath(new URL(`./${file}${extname(own)}`, import.meta.url));
    const execArgv = weighed ? [...process.execArgv, '--expose-gc'] : process.execArgv;
    const how = cores
      ? { execPath: 'taskset', execArgv: ['-c', String(cores.server), process.execPath, ...execArgv] }
      : { execArgv };
    const child = fork(path, [JSON.stringify(options)], how);
    const server = new ServerChild(child, told(child, 'port').then(({ port }) => port));
    await server.port;
    return server;
  }

  /** Resolves when the pool of ephemeral RSA keys is full. */
  full(): Promise<void> {
    return this.#full;
  }

  async cpu(): Promise<number> {
    return (await this.#ask('cpu')).cpu;
  }

  /** For one that was started to be weighed. */
  async memory(): Promise<Memory> {
    return (await this.#ask('memory')).memory;
  }

  #ask<K extends Question>(question: K): Promise<Named<K>> {
    const answer = told(this.#child, question);
    this.#child.send(question);
    return answer;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

type Named<K extends string> = Extract<FromChild, Record<K, unknown>>;

function told<K extends 'port' | 'full' | Question>(child: ChildProcess, what: K): Promise<Named<K>> {
  return new Promise((resolve) => {
    const heard = (message: FromChild) => {
      if (!(what in message)) return;
      child.off('message', heard);
      resolve(message as Named<K>);
    };
    child.on('message', heard);
  });
}
