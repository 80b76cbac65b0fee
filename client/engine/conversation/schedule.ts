import type { Clock } from '../../../common/clock.js';
import { RENEW_ANSWER_MS, RENEW_MS, RENEW_MS_MAX, RENEW_RECORDS, RENEW_RECORDS_MAX } from '../../../common/wire/limits.js';

/**
 * When a conversation's keys are renewed, and when the lack of it ends the conversation (docs/PROTOCOL.md part 5).
 * Records of both directions count together, from the last exchange that was completed.
 */
export class RenewalSchedule {
  #records = 0;
  #since: number;
  #overdueSince: number | undefined;
  #spokenSince: number | undefined;

  constructor(private readonly clock: Clock) {
    this.#since = clock.now();
  }

  count(): void {
    this.#records++;
  }

  completed(): void {
    this.#records = 0;
    this.#since = this.clock.now();
    this.#overdueSince = undefined;
    this.#spokenSince = undefined;
  }

  /** A text is sealed. */
  speak(): void {
    if (this.#age >= RENEW_MS_MAX) this.#spokenSince ??= this.clock.now();
  }

  /**
   * Texts wait for the renewal. One to whom the relay lets nothing come would never see that it is overdue, and go on
   * under keys that a thief may have.
   */
  get muted(): boolean {
    return this.#spokenSince !== undefined && this.clock.now() - this.#spokenSince > RENEW_ANSWER_MS;
  }

  /** The caller starts a renewal before its next record. */
  get due(): boolean {
    return this.#records >= RENEW_RECORDS || this.#age >= RENEW_MS;
  }

  /** So soon after the last one no caller starts a renewal: each costs the receiver a key. Half, since some are on their way. */
  get early(): boolean {
    return this.#records < RENEW_RECORDS / 2 && this.#age < RENEW_MS / 2;
  }

  /**
   * Asked when a record came. After a silent hour the first record may be the one that starts the renewal, or cross it:
   * from it on, there is as long for it as for any renewal.
   */
  get overdue(): boolean {
    if (this.#records >= RENEW_RECORDS_MAX) return true;
    if (this.#age < RENEW_MS_MAX) return false;
    this.#overdueSince ??= this.clock.now();
    return this.clock.now() - this.#overdueSince > RENEW_ANSWER_MS;
  }

  get #age(): number {
    return this.clock.now() - this.#since;
  }
}
