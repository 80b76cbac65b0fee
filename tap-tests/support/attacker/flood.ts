import { connect, type Socket } from 'node:net';
import { CELL, refusalIn } from './cells.js';
import type { Target } from './line.js';
import { noiseM1, noiseM3 } from './noise.js';

const TICK_MS = 5;

/** What a tick may make up for: a process that was late does not come in bursts that no rate would have. */
const CATCH_UP = 2;

export interface FloodOptions {
  /** Local addresses in turn; `undefined` is the usual one. */
  readonly from: readonly (string | undefined)[];
  readonly suites?: readonly number[];
  /** Answers M2 with an M3 that costs the attacker nothing and the server a check. */
  readonly proves?: boolean;
  /** New connections a second; those that are open at the same time are `open` at most. */
  readonly perSecond: number;
  readonly open?: number;
  /** So many in the first moment. */
  readonly atOnce?: number;
}

/** False logins, as many as one wants: what the attacker pays for each is a connection and a cell of noise. */
export class Flood {
  connects = 0;
  /** M2 that came: the server has made a key and a signature for each. */
  answered = 0;
  readonly refused = new Map<number, number>();
  readonly #open = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  readonly #begun = performance.now();

  constructor(private readonly target: Target, private readonly options: FloodOptions) {
    this.#timer = setInterval(() => this.#more(), TICK_MS);
  }

  get seconds(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  #more(): void {
    const { perSecond, atOnce = 0, open = 1_500 } = this.options;
    const due = Math.floor(this.seconds * perSecond) + atOnce - this.connects;
    const most = Math.max(atOnce, (perSecond * TICK_MS * CATCH_UP) / 1_000);
    for (let n = Math.min(due, most); n > 0 && this.#open.size < open; n--) this.#connect();
  }

  #connect(): void {
    const { from } = this.options;
    const localAddress = from[this.connects % from.length];
    const socket = connect({ ...this.target, ...(localAddress === undefined ? {} : { localAddress }) });
    this.connects += 1;
    this.#open.add(socket);
    let cells = 0;
    socket.once('connect', () => socket.write(noiseM1(this.options.suites)));
    socket.on('readable', () => {
      const cell = socket.read(CELL) as Buffer | null;
      if (cell?.length === CELL) this.#take(cell, socket, cells++ === 0);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#open.delete(socket));
  }

  #take(cell: Buffer, socket: Socket, first: boolean): void {
    const code = refusalIn(cell);
    if (code !== undefined) {
      this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
      socket.destroy();
    } else if (first) {
      this.answered += 1;
      if (this.options.proves) socket.write(noiseM3());
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#open) socket.destroy();
  }
}
