import type { Clock, Timer } from '../../common/clock.js';

/**
 * So many of what keeps the session in order go in a row while a text waits; then the text goes. Otherwise peers who
 * write now and then, each of whom is due a receipt every second, use up the whole rate, and the person is silenced.
 */
const IN_A_ROW = 3;

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
  #inARow = 0;
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
      this.#next()();
    }
  }

  #next(): () => void {
    const { control, text } = this.#lanes;
    const patient = text.length > 0 && this.#inARow >= IN_A_ROW;
    const first = patient ? undefined : control.shift();
    this.#inARow = first && text.length > 0 ? this.#inARow + 1 : 0;
    return first ?? text.shift()!;
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
