/** Time as an argument, so that a test can hold it still. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds: for every limit and pause. */
  now(): number;
  /** Milliseconds since 1970: only for what is shown or written into a record. */
  wall(): number;
  after(ms: number, run: () => void): Timer;
}

class SystemTimer implements Timer {
  constructor(private readonly timeout: NodeJS.Timeout) {}

  cancel(): void {
    clearTimeout(this.timeout);
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, run) => new SystemTimer(setTimeout(run, ms)),
};
