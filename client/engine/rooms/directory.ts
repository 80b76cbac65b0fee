import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { sameBytes } from '../../../common/crypto/node.js';
import { MessageAppError, TrustError } from '../../../common/errors.js';
import type { ServerPayload } from '../../../common/wire/commands.js';
import { ROOM_MEMBERS_MAX } from '../../../common/wire/limits.js';
import type { Self } from '../conversations.js';
import { judge, type Judgement, readPeerKey } from '../judge.js';
import type { Session } from '../session.js';

/** What the relay has for a user, and how far it is believed. */
export interface Entry {
  readonly username: string;
  readonly identity: PublicIdentity;
  readonly certificates: readonly Buffer[];
  readonly certified: boolean;
}

type Found = Entry | undefined;

/** Keys of users by `cert` (docs/PROTOCOL.md part 10): those asked for in one turn go in one message. */
export class Directory {
  readonly #asked = new Map<string, { readonly found: Promise<Found>; readonly take: (found: Found) => void }>();
  readonly #entries = new Map<string, Found>();
  #unsent: string[] = [];

  constructor(private readonly self: Self, private readonly session: Pick<Session, 'send'>) {}

  /** @returns undefined where there is no such user */
  find(username: string): Promise<Found> {
    const known = this.#entries.get(username);
    if (known) return Promise.resolve(known);
    const asked = this.#asked.get(username);
    if (asked) return asked.found;
    let take!: (found: Found) => void;
    const found = new Promise<Found>((resolve) => (take = resolve));
    this.#asked.set(username, { found, take });
    if (this.#unsent.push(username) === 1) queueMicrotask(() => this.#send());
    return found;
  }

  /** The key with a fingerprint that a signed list says. Throws TrustError 'tampered' where the relay has another one. */
  async key(username: string, fingerprint: Buffer): Promise<Entry> {
    const own = this.#own(username, fingerprint);
    if (own) return own;
    let found = await this.find(username);
    if (found && !sameBytes(found.identity.fingerprint, fingerprint)) {
      // The user may have a new key since it was asked for.
      this.#entries.delete(username);
      found = await this.find(username);
    }
    if (found && sameBytes(found.identity.fingerprint, fingerprint)) return found;
    throw new TrustError('tampered', `The relay has no key of ${username} that fits the list of members.`);
  }

  #own(username: string, fingerprint: Buffer): Entry | undefined {
    const { username: mine, identity, certificates } = this.self.credentials;
    if (username !== mine || !sameBytes(identity.public.fingerprint, fingerprint)) return undefined;
    return { username, identity: identity.public, certificates, certified: true };
  }

  /** How far a key is believed, by its pin and its certificates. */
  judge({ username, identity, certified }: Entry): Judgement {
    if (username === this.self.credentials.username) return { result: 'certified', compared: true };
    return judge(this.self.trust.find(this.self.serverName, username), identity, certified);
  }

  readonly answered = (answer: ServerPayload<'cert'>): void => {
    const asked = this.#asked.get(answer.name);
    if (!asked) return;
    this.#asked.delete(answer.name);
    const found = this.#read(answer);
    if (found) this.#entries.set(answer.name, found);
    asked.take(found);
  };

  #read({ name, certificates, spki }: ServerPayload<'cert'>): Found {
    if (spki.length === 0) return undefined;
    const { credentials: { authorities }, clock } = this.self;
    try {
      const { key, certified } = readPeerKey({ peer: name, spki, certificates }, authorities, new Date(clock.wall()));
      return { username: name, identity: key, certificates, certified };
    } catch (error) {
      if (error instanceof MessageAppError) return undefined;
      throw error;
    }
  }

  #send(): void {
    const names = this.#unsent;
    this.#unsent = [];
    for (let at = 0; at < names.length; at += ROOM_MEMBERS_MAX) {
      this.session.send('cert', { names: names.slice(at, at + ROOM_MEMBERS_MAX) });
    }
  }
}
