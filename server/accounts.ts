import { rm } from 'node:fs/promises';
import type { Password } from '../common/crypto/password.js';
import type { PublicIdentity } from '../common/crypto/identity.js';
import { TrustError } from '../common/errors.js';
import { checkNewNameIn, writeEntry } from '../common/files/enrolment.js';
import { isInvitation, takeInvitation } from '../common/files/invitations.js';
import { passwordPath } from '../common/files/keys-folder.js';
import { writePassword } from '../common/files/password-file.js';
import { nobodyRevoked } from '../common/files/revoked-list.js';

export interface NewAccount {
  readonly username: string;
  readonly identity: PublicIdentity;
  /** Empty: none. */
  readonly email: string;
  readonly password: Password | undefined;
  /** Undefined where none is needed. */
  readonly invitation: string | undefined;
}

/** What a relay needs of whatever keeps the accounts. */
export interface Accounts {
  /**
   * Whether `enrol` would, as it stands now; changes nothing. `mayHave` is asked last, and looks at the revoked.
   * Throws as `enrol`.
   */
  check(account: Pick<NewAccount, 'username' | 'invitation'>, mayHave: () => void): Promise<void>;
  /**
   * Enrols somebody for good, whole or not at all. `mayHave` is asked once nobody else can take the name.
   * Throws TrustError 'unasked' for an invitation that is not valid; 'name-taken', 'revoked' and UsageError 'bad-name'
   * for a name that is not given away.
   */
  enrol(account: NewAccount, mayHave: () => void): Promise<void>;
}

const notValid = () => new TrustError('unasked', 'The invitation is not valid.');

/** Accounts in the folder `users` (common/files/keys-folder.ts): one registration after another. */
export class AccountFiles implements Accounts {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly users: string, private readonly now: () => Date = () => new Date()) {}

  /** First the invitation: who has none cannot ask which names are taken. */
  async check(
    { username, invitation }: Pick<NewAccount, 'username' | 'invitation'>, mayHave: () => void,
  ): Promise<void> {
    if (invitation !== undefined && !await isInvitation(this.users, invitation, this.now())) throw notValid();
    await this.#checkName(username, mayHave);
  }

  enrol(account: NewAccount, mayHave: () => void): Promise<void> {
    const mine = this.#last.then(() => this.#enrol(account, mayHave));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** The invitation goes before the entry comes: a run killed between the two loses a code, and none lets in two. */
  async #enrol(account: NewAccount, mayHave: () => void): Promise<void> {
    const { invitation } = account;
    const taken = invitation === undefined ? undefined : await takeInvitation(this.users, invitation, this.now());
    if (invitation !== undefined && !taken) throw notValid();
    try {
      await this.#write(account, mayHave);
    } catch (fault) {
      await taken?.giveBack();
      throw fault;
    }
  }

  async #checkName(username: string, mayHave: () => void): Promise<void> {
    await checkNewNameIn(this.users, username, nobodyRevoked, true);
    mayHave();
  }

  /** The entry comes last: before it nobody is enrolled, and with it the password is there. */
  async #write({ username, identity, email, password }: NewAccount, mayHave: () => void): Promise<void> {
    await this.#checkName(username, mayHave);
    // One that a killed run left is nobody's.
    if (password) await writePassword(this.users, username, password);
    else await rm(passwordPath(this.users, username), { force: true });
    try {
      await writeEntry(this.users, { username, identity, certificates: [] }, this.now(), email);
    } catch (fault) {
      if (password) await rm(passwordPath(this.users, username), { force: true });
      throw fault;
    }
  }
}
