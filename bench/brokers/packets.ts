/** What was read of a stream, and where it ends. */
export interface Read<P> {
  readonly packet: P;
  readonly end: number;
}

/** Reads what begins at `start`; undefined where it is not whole yet. Throws where it can become nothing. */
export type Reader<P> = (bytes: Buffer, start: number) => Read<P> | undefined;

/** Whole packets from a stream of bytes, however it was cut. */
export class Packets<P> {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly read: Reader<P>) {}

  /** All that are whole now; what they hold of the stream is not copied. */
  *push(chunk: Buffer): Generator<P> {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (let next = this.read(bytes, at); next; next = this.read(bytes, at)) {
      at = next.end;
      yield next.packet;
    }
    this.#rest = bytes.subarray(at);
  }
}
