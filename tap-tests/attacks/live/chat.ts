import { setTimeout as sleep } from 'node:timers/promises';
import { frwd, kind } from '../../support/attacker/conversation.js';
import type { Message } from '../../support/attacker/records.js';
import type { Field, Insider } from './attack.js';
import { callUp } from './calls.js';
import { Honest } from './honest.js';
import { OwnDelay } from './own-delay.js';

/** The shortest pause between two rounds. */
const BREATH_MS = 2;

/** Two honest users who talk through the relay, and how long a word and its answer take. */
export class Chat {
  #heard: (() => void) | undefined;

  private constructor(
    readonly caller: Honest, readonly receiver: Honest,
    private readonly conversation: Buffer, private readonly delay: OwnDelay,
  ) {
    receiver.session.onMessage = (each) => this.#isWord(each) && this.#say(receiver);
    caller.session.onMessage = (each) => this.#isWord(each) && this.#heard?.();
  }

  static async begin(field: Field, [one, other]: readonly [Insider, Insider] = field.insiders): Promise<Chat> {
    const caller = await Honest.enter(field, one);
    const receiver = await Honest.enter(field, other);
    const { conversation } = await callUp(caller.session, receiver.session);
    await Promise.all([caller.pace.turn(2), receiver.pace.turn(2)]);
    return new Chat(caller, receiver, conversation, new OwnDelay(field));
  }

  #isWord({ command, payload }: Message): boolean {
    return command === 'frwd' && payload.subarray(0, 8).equals(this.conversation);
  }

  #say({ session }: Honest): void {
    session.say(frwd(this.conversation, kind.record, Buffer.alloc(100)));
  }

  /** What is left of the rate of an earlier connection may make these first rounds slow: they are not counted. */
  async warm(): Promise<void> {
    await this.rounds(this.caller.pace.windowMs);
  }

  /**
   * Milliseconds of each round, evenly spread over the time at the rate that the server allows; at least one, and a
   * hundred where the rate allows it and the machine takes no more than three times the time for them.
   */
  async rounds(ms: number): Promise<number[]> {
    const times: number[] = [];
    const { caller, receiver } = this;
    const wanted = Math.max(1, Math.min(100, ms / caller.pace.spacing / 2));
    const [end, latest] = [performance.now() + ms, performance.now() + 3 * ms];
    while (times.length === 0 || performance.now() < (times.length < wanted ? latest : end)) {
      await Promise.all([caller.pace.turn(), receiver.pace.turn()]);
      const begun = performance.now();
      await this.#round();
      const took = performance.now() - begun;
      if (!this.delay.since(begun)) times.push(took);
      await sleep(Math.max(BREATH_MS, caller.pace.spacing - took));
    }
    return times;
  }

  #round(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { line } = this.caller.session;
      const gone = () => reject(new Error('an honest user was cut'));
      if (line.closed) return gone();
      line.socket.once('close', gone);
      this.#heard = () => {
        line.socket.off('close', gone);
        resolve();
      };
      this.#say(this.caller);
    });
  }

  leave(): void {
    this.caller.leave();
    this.receiver.leave();
  }
}
