import { setTimeout as sleep } from 'node:timers/promises';
import { tryLogin } from '../../support/attacker/login.js';
import { Pace, rateOf } from '../../support/attacker/pace.js';
import type { Session } from '../../support/attacker/session.js';
import type { Field, Insider } from './attack.js';

const [ALREADY_LOGGED_IN, BUSY] = [4, 5];

/** The pauses of an honest client begin so and double (docs/PROTOCOL.md, part 2, Refusals). */
const PAUSE_MS = 1_000;

/** An insider who does nothing wrong while somebody else does. */
export class Honest {
  private constructor(readonly session: Session, readonly pace: Pace, readonly loginMs: number) {}

  /**
   * Logs in as a client does that is told to wait. Its own connection of a moment ago may still stand: then it tries
   * again at once. Throws where the server did not let it in within `ms`.
   */
  static async enter(field: Field, insider: Insider, from?: string, ms = 20_000): Promise<Honest> {
    const { name, person, certificates } = insider;
    const options = { person, certificates, server: field.server, ...(from === undefined ? {} : { from }) };
    const begun = performance.now();
    for (let pause = PAUSE_MS; ;) {
      const outcome = await tryLogin(field.target, name, options);
      if (outcome.is === 'logged in') {
        const { session } = outcome;
        field.onEnd(() => void session.line.socket.destroy());
        const rate = rateOf(await session.expect('welc'));
        return new Honest(session, new Pace(rate), performance.now() - begun);
      }
      const code = outcome.is === 'refused' ? outcome.code : 0;
      const wait = code === ALREADY_LOGGED_IN ? 20 : pause;
      if (code !== BUSY && code !== ALREADY_LOGGED_IN) throw new Error(`${name} is not let in: ${outcome.is} ${code}`);
      if (performance.now() - begun + wait > ms) throw new Error(`${name} is not let in for ${ms / 1000} s: ${code}`);
      await sleep(wait);
      if (code === BUSY) pause *= 2;
    }
  }

  /** Goes without a word. */
  leave(): void {
    this.session.line.socket.destroy();
  }
}
