import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetTemporary, noteTemporary } from '../../common/files/temporary.js';
import type { Cores } from '../pinning.js';
import type { Server, Weight } from '../server-child.js';
import { type BrokerFiles, configurations, startArguments } from './configuration.js';
import { kinds } from './kinds.js';
import { processorTime, residentMemory } from './proc.js';
import { type BrokerProgram, findProgram } from './programs.js';

const HOST = '127.0.0.1';
const RETRY_MS = 5;
const START_MS = 20_000;
/** Of what it complained about, the end. */
const COMPLAINTS = 2_000;

/** A broker in a process of its own, on the server's core. */
export class BrokerChild implements Server {
  readonly #pid: number;
  #complaints = '';
  #ended = false;
  #stopping = false;

  private constructor(
    private readonly name: string, private readonly child: ChildProcess, private readonly folder: string,
    readonly port: number,
  ) {
    this.#pid = child.pid!;
    child.stderr!.on('data', (data: Buffer) => {
      this.#complaints = `${this.#complaints}${data.toString()}`.slice(-COMPLAINTS);
    });
    // Once all that it said was read.
    child.once('close', (code, signal) => {
      this.#ended = true;
      if (!this.#stopping) throw new Error(`${name} ended by itself (${signal ?? code}). ${this.#complaints.trim()}`);
    });
  }

  /** Resolves when it takes connections. */
  static async start(
    { broker, path }: BrokerProgram, files: BrokerFiles, cores: Cores | undefined,
  ): Promise<BrokerChild> {
    const folder = await mkdtemp(join(tmpdir(), 'messageapp-bench-broker-'));
    noteTemporary(folder);
    const port = await freePort();
    const file = join(folder, 'broker.conf');
    await writeFile(file, [...configurations[broker](port, files), ''].join('\n'));
    const [program, ...args] = [...wrapped(cores), path, ...startArguments(file)];
    const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
    await once(child, 'spawn');
    const server = new BrokerChild(kinds[broker].program, child, folder, port);
    await server.#listens();
    return server;
  }

  cpu(): Promise<number> {
    return processorTime(this.#pid);
  }

  async memory(): Promise<Weight> {
    return { resident: await residentMemory(this.#pid) };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
    await rm(this.folder, { recursive: true, force: true });
    forgetTemporary(this.folder);
  }

  async #listens(): Promise<void> {
    const end = performance.now() + START_MS;
    while (!await accepts(this.port)) {
      if (this.#ended) return;
      if (performance.now() > end) throw new Error(`${this.name} does not listen. ${this.#complaints.trim()}`);
      await sleep(RETRY_MS);
    }
  }
}

/** What starts it: on its core, and ended by the kernel as soon as this process is gone, however that ends. */
function wrapped(cores: Cores | undefined): string[] {
  const dying = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  return [
    ...(cores ? ['taskset', '-c', String(cores.server)] : []),
    ...(dying === undefined ? [] : [dying, '--pdeathsig', 'KILL']),
  ];
}

/** Brokers cannot be asked for the port that they were given, so they are told one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const accepts = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect({ host: HOST, port });
  const answer = (taken: boolean) => () => {
    socket.destroy();
    resolve(taken);
  };
  socket.once('connect', answer(true)).once('error', answer(false));
});
