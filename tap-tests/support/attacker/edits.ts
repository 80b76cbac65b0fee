import { CELL } from './cells.js';

/** In the place of bytes: the connection ends here. */
export const CUT = Symbol('cut');

/**
 * One change of what passes in one direction: in the place of `take` bytes from the offset `at` on goes what `give`
 * makes of them, once it has made it; nothing behind them goes before. With `take` = 0 it is due as soon as the flow is
 * there.
 */
export interface Edit {
  /** Counted in the bytes as they come, from the beginning of the connection. */
  readonly at: number;
  readonly take: number;
  readonly give: (taken: Buffer) => Buffer | typeof CUT | Promise<Buffer>;
}

/** Offset of a cell. */
export const cell = (n: number): number => n * CELL;

export const cut = (at: number): Edit => ({ at, take: 0, give: () => CUT });
export const drop = (at: number, length = CELL): Edit => ({ at, take: length, give: () => Buffer.alloc(0) });
export const insert = (at: number, bytes: Buffer): Edit => ({ at, take: 0, give: () => bytes });
export const change = (at: number, take: number, give: (bytes: Buffer) => Buffer): Edit => ({ at, take, give });
export const flip = (at: number, bits = 1): Edit => change(at, 1, ([byte]) => Buffer.from([byte! ^ bits]));
export const repeat = (at: number, length = CELL, times = 2): Edit =>
  change(at, length, (bytes) => Buffer.concat(Array<Buffer>(times).fill(bytes)));

/** Two neighbours of the same length in the other order. */
export const swap = (at: number, length = CELL): Edit =>
  change(at, 2 * length, (bytes) => Buffer.concat([bytes.subarray(length), bytes.subarray(0, length)]));

/** Stops the flow at an offset until it is opened. */
export class Gate implements Edit {
  readonly take = 0;
  #open: (nothing: Buffer) => void = () => undefined;
  readonly #opened = new Promise<Buffer>((resolve) => (this.#open = resolve));
  /** All before it has passed. */
  reached = false;

  constructor(readonly at: number) {}

  readonly give = (nothing: Buffer): Promise<Buffer> => {
    this.reached = true;
    return this.#opened.then(() => nothing);
  };

  open(): void {
    this.#open(Buffer.alloc(0));
  }
}
