import { safetyNumber } from '../../common/crypto/safety-number.js';
import type { Self } from './conversations.js';
import type { Emit, Trust } from './protocol.js';

/** What a person does about keys: looks at the safety number, says that it was compared, approves a changed one. */
export class Safety {
  constructor(private readonly self: Self, private readonly emit: Emit) {}

  /** @param inChat how far the peer of an open chat is believed */
  verify(username: string, inChat: Trust | undefined): void {
    const changed = this.self.changed.get(username);
    const pin = this.#pin(username);
    const fingerprint = changed?.fingerprint ?? (pin && Buffer.from(pin.fingerprint, 'hex'));
    if (!fingerprint) return this.#noKey(username);
    this.emit({
      event: 'safety-number', with: username, number: this.#number(username, fingerprint),
      trust: changed ? 'changed' : inChat ?? 'known', compared: !changed && pin !== undefined && pin.compared,
      fingerprint: fingerprint.toString('hex'),
    });
  }

  async compared(username: string, inChat: Trust | undefined): Promise<void> {
    const pin = this.#pin(username);
    if (!pin) return this.#noKey(username);
    if (this.self.changed.has(username)) {
      return this.emit({ event: 'error', code: 'not-now', text: `The key of ${username} has changed: approve the new number first.`, with: username });
    }
    await this.self.trust.put({ ...pin, compared: true });
    this.verify(username, inChat);
  }

  /** Puts a changed key in the place of the old, if the number given is that of the new one. */
  async trust(username: string, number: string): Promise<void> {
    const changed = this.self.changed.get(username);
    if (!changed) {
      return this.emit({ event: 'error', code: 'not-now', text: `There is no changed key of ${username} to approve.`, with: username });
    }
    const expected = this.#number(username, changed.fingerprint);
    if (number.replace(/\s/g, '') !== expected.replace(/\s/g, '')) {
      return this.emit({
        event: 'error', code: 'wrong-number', with: username,
        text: `That is not the new safety number of ${username}; nothing was changed.`,
      });
    }
    await this.self.trust.put({
      server: this.self.serverName, username, fingerprint: changed.fingerprint.toString('hex'), compared: false,
      since: new Date(this.self.clock.wall()).toISOString(),
    });
    this.self.changed.delete(username);
    this.emit({ event: 'trusted', with: username, number: expected });
  }

  #pin(username: string) {
    return this.self.trust.find(this.self.serverName, username);
  }

  #number(username: string, fingerprint: Buffer): string {
    const { credentials } = this.self;
    return safetyNumber({ username: credentials.username, fingerprint: credentials.identity.public.fingerprint }, { username, fingerprint });
  }

  #noKey(username: string): void {
    this.emit({ event: 'error', code: 'no-conversation', text: `No key of ${username} is known yet: chat first.`, with: username });
  }
}
