import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Event } from '../../engine/protocol.js';
import { pause } from '../terminal/time.js';
import { harmless } from '../../../common/text/harmless.js';

export interface ConsoleIo {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/** The terminal that a page belongs to: shows its address and how the connection is, and ends the client. No texts. */
export class Console {
  #lines: Interface | undefined;

  constructor(
    private readonly io: ConsoleIo,
    private readonly on: { enter(): void; interrupt(): void },
  ) {}

  start(): void {
    if (this.io.input.isTTY) {
      const { input, output } = this.io;
      this.#lines = createInterface({ input, output, terminal: true, historySize: 0, prompt: '' });
      this.#lines.on('line', () => this.on.enter());
      for (const end of ['SIGINT', 'close']) this.#lines.on(end, () => this.on.interrupt());
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.on.interrupt);
  }

  stop(): void {
    this.#lines?.removeAllListeners('close').close();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.on.interrupt);
  }

  address(address: string): void {
    this.say(`Open this address in a browser on this machine; it lets one in, once:\n\n  ${address}\n`);
    if (!this.io.input.isTTY) return;
    this.say('Enter gives another address, Ctrl-C ends the client. Closing the page does not.');
  }

  say(text: string): void {
    this.io.output.write(`${text}\n`);
  }

  show(event: Event): void {
    switch (event.event) {
      case 'ready':
        return this.say(`Connected as ${event.user}.`);
      case 'lost':
        return this.say(`No connection: ${harmless(event.text)} Trying again in ${pause(event.retry)}.`);
      case 'closed':
        return this.say(harmless(event.text));
    }
  }
}
