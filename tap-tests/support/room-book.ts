import { randomBytes } from 'node:crypto';
import { changeHash, signChange } from '../../common/crypto/room-change.js';
import type { Identity } from '../../common/crypto/identity.js';
import { decode } from '../../common/bytes/codec.js';
import { type Members, membersAfter } from '../../common/rooms/members.js';
import { type Action, actions, change, type UnsignedChange } from '../../common/wire/room-change.js';
import { newIdentity } from './raw-client.js';

/** The members of one room as its changes say: what all of a test's people together could sign. */
export class RoomBook {
  members: Members = [];
  readonly changes: Buffer[] = [];

  constructor(readonly room: string, private readonly keys: ReadonlyMap<string, Identity>) {}

  identity(name: string): Identity {
    return this.keys.get(name) ?? stranger;
  }

  #named(username: string) {
    return { username, fingerprint: this.identity(username).public.fingerprint };
  }

  get #previous(): Buffer {
    const head = this.changes.at(-1);
    return head ? changeHash(this.room, head) : randomBytes(32);
  }

  /** A change that nobody has taken yet. @param wrong what it says otherwise than it should, and who signs it */
  async draft(
    action: Action, author: string, target = author,
    { signer = author, ...wrong }: Partial<UnsignedChange> & { readonly signer?: string } = {},
  ): Promise<Buffer> {
    const [by, of] = [this.#named(author), this.#named(target)];
    return signChange(this.room, {
      number: this.changes.length, previous: this.#previous, author, authorKey: by.fingerprint,
      action: actions[action], target, targetKey: of.fingerprint,
      members: wrong.members ?? membersAfter(this.members, by, action, of), ...wrong,
    }, this.identity(signer));
  }

  take(bytes: Buffer): Buffer {
    this.changes.push(bytes);
    this.members = decode(change, bytes).members;
    return bytes;
  }

  async write(action: Action, author: string, target = author): Promise<Buffer> {
    return this.take(await this.draft(action, author, target));
  }
}

const stranger = newIdentity();
