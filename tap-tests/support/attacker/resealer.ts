import { counterBytes } from './bytes.js';
import { Chain, type EndToEnd, kind, type } from './conversation.js';
import type { Body } from './switchboard.js';

interface Direction {
  /** What the sender seals with. */
  readonly reading: Chain;
  /** What the receiver opens with. */
  readonly sending: Chain;
  /** Under the number that a record has for the receiver, the one that it had for the sender. */
  readonly numbers: Map<bigint, bigint>;
}

export interface Read extends EndToEnd {
  readonly from: string;
}

/**
 * A relay that has the chains of a conversation: it opens each record, and seals it once more for the other side, which
 * counts without those that were stripped. What receipts say is put right on the way.
 */
export class Resealer {
  readonly read: Read[] = [];
  /** Whose records could not be opened. */
  readonly unread: string[] = [];
  strips: (record: Read) => boolean = () => false;
  readonly #directions = new Map<string, Direction>();

  /** @param chainFor the chain that opens a record, asked once for each sender */
  constructor(private readonly chainFor: (body: Body) => Chain | undefined) {}

  readonly onBody = (body: Body): readonly Body[] => {
    if (body.kind !== kind.record) return [body];
    const record = this.open(body);
    if (this.strips(record)) return [];
    const { sending, numbers } = this.direction(body.from);
    numbers.set(sending.counter, record.counter);
    return [this.seal(body, record.type, this.#translated(record, body.to), record.time)];
  };

  /** Only reads it. Throws where no chain opens it. */
  open(body: Body): Read {
    if (!this.#directions.has(body.from)) this.#begin(body);
    const record = { ...this.direction(body.from).reading.open(body.content), from: body.from };
    this.read.push(record);
    return record;
  }

  /** In the place of `onBody`: opens what it can, and lets all of it pass as it is. */
  readonly listen = (body: Body): readonly Body[] => {
    try {
      if (body.kind === kind.record) this.open(body);
    } catch {
      this.unread.push(body.from);
    }
    return [body];
  };

  /** A record in the place of one from `from`; only once a record of that direction has been opened. */
  seal(body: Omit<Body, 'kind' | 'content'>, typeOf: number, content: Uint8Array | string, time: number): Body {
    return { ...body, kind: kind.record, content: this.direction(body.from).sending.seal(typeOf, content, { time }) };
  }

  /** The chains of what one side sends. */
  direction(from: string): Direction {
    return this.#directions.get(from)!;
  }

  /** What was read of the texts of one side. */
  texts(from: string): string[] {
    const texts = this.read.filter((each) => each.from === from && each.type === type.text);
    return texts.map(({ content }) => content.toString());
  }

  #begin(body: Body): void {
    const reading = this.chainFor(body);
    if (!reading) throw new Error(`no chain opens what ${body.from} sends`);
    const sending = new Chain(reading.chain);
    sending.counter = reading.counter;
    this.#directions.set(body.from, { reading, sending, numbers: new Map() });
  }

  /** Receipts, and types 4, name a record of the other direction by the number that their sender knows. */
  #translated({ type: typeOf, content }: EndToEnd, to: string): Buffer {
    if (typeOf !== type.receipt && typeOf !== type.discarded) return content;
    const named = content.readBigUInt64LE() | (content.readBigUInt64LE(8) << 64n);
    return counterBytes(this.#directions.get(to)?.numbers.get(named) ?? named);
  }
}
