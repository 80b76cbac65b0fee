import type { Line } from './line.js';
import type { Messages } from './messages.js';

/** A line by what it sends and what has to come, whatever carries it. */
export abstract class MessageLine implements Line {
  heard: () => void = () => undefined;

  constructor(protected readonly outgoing: Messages, private readonly incoming: Messages) {}

  get sent(): number {
    return this.outgoing.count;
  }

  get received(): number {
    return this.incoming.count;
  }

  abstract send(): void;

  abstract leave(): Promise<void>;

  /** One has come. Throws unless it is the next one, with every byte of it. */
  protected take(message: Buffer): void {
    this.incoming.check(message);
    this.heard();
  }
}
