import type { Clock, Timer } from '../../common/clock.js';

export type Lane = 'control' | 'text';

/**
 * Spreads what is sent over the rate that the server allows (docs/PROTOCOL.md part 6): each ticket is one message. What
 * keeps the session in order goes before what a person typed; within a lane first come, first served.
 */
export class Pacer {
  readonly #lanes: Record<Lane, (() => void)[]> = { control: [], text: [] };
  /** When the last messages were sent, oldest first, at most as many as the window allows. */
  readonly #sent: number[] = [];
  #timer: Timer | undefined;
  #running = false;
  #stopped = false;

  constructor(private readonly clock: Clock, private readonly messages: number, private readonly windowMs: number) {}

  /** Runs `send`, which sends exactly one message, as soon as the rate allows: at once, if it does now. */
  submit(lane: Lane, send: () => void): void {
    if (this.#stopped) return;
    this.#lanes[lane].push(send);
    if (!this.#timer && !this.#running) this.#run();
  }

  get waiting(): number {
    return this.#lanes.control.length + this.#lanes.text.length;
  }

  readonly #run = (): void => {
    this.#timer = undefined;
    this.#running = true;
    try {
      this.#sendAllowed();
    } finally {
      this.#running = false;
    }
  };

  #sendAllowed(): void {
    while (this.waiting > 0 && !this.#stopped) {
      const pause = this.#pause();
      if (pause > 0) {
        this.#timer = this.clock.after(pause, this.#run);
        return;
      }
      if (this.#sent.length === this.messages) this.#sent.shift();
      this.#sent.push(this.clock.now());
      const send = this.#lanes.control.shift() ?? this.#lanes.text.shift()!;
      send();
    }
  }

  #pause(): number {
    if (this.#sent.length < this.messages) return 0;
    return Math.max(0, Math.ceil(this.#sent[0]! + this.windowMs - this.clock.now()));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#lanes.control.length = 0;
    this.#lanes.text.length = 0;
  }
}
