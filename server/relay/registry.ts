import { verifyUserChain } from '../../common/crypto/chain.js';
import type { Certificate } from '../../common/crypto/certificate.js';
import type { Password } from '../../common/crypto/password.js';
import type { PublicIdentity } from '../../common/crypto/identity.js';
import type { Clock } from '../../common/clock.js';
import { TrustError } from '../../common/errors.js';
import { looksLike } from '../../common/files/enrolment.js';
import type { EnrolledUser, Users } from '../../common/files/users-folder.js';
import { isUsername } from '../../common/wire/username.js';

/** A username, its key, and the certificates that a peer is given beside it (the user's first; may be none). */
export type Enrolment = EnrolledUser;

/** Who is enrolled and who is revoked, as it was read from the folder of users. */
export type EnrolledUsers = Omit<Users, 'problems'>;

export interface RegistrySource {
  readonly users: EnrolledUsers;
  /** Whose users' certificates are believed. */
  readonly authorities: readonly Certificate[];
  /** Enrol in memory who brings a certificate for a name that has no entry. */
  readonly acceptCertificates: boolean;
}

/** Enrolled while the server runs. */
interface Added {
  readonly user: Enrolment;
  readonly password: Password | undefined;
  /** By the clock. */
  readonly at: number;
}

/** What says who may log in with which key (docs/PROTOCOL.md part 2, what the server checks in M3). */
export class Registry {
  #source: RegistrySource;
  /** Without their case. */
  #revokedNames: ReadonlySet<string> = new Set();
  /** What they look like: nobody new may look so. */
  #revokedLooks: ReadonlySet<string> = new Set();
  /** Enrolled in memory, by a certificate; each lasts as long as its certificate verifies. */
  readonly #certified = new Map<string, Enrolment>();
  /** Names without their case, and fingerprints → the name that is enrolled so. */
  #added: readonly Added[] = [];
  readonly #holders = new Map<string, string>();

  constructor(source: RegistrySource, private readonly clock: Clock) {
    this.#source = source;
    this.#noteRevoked();
    this.#noteHolders();
  }

  /**
   * Takes over what was read anew. An entry on disk wins against an enrolment in memory.
   * @param begun when reading began, by the clock: who was added since may not be in it
   */
  replace(source: RegistrySource, begun = Infinity): void {
    this.#added = this.#added.filter(({ at }) => at >= begun);
    this.#source = source;
    this.#noteRevoked();
    const certified = [...this.#certified.values()];
    this.#certified.clear();
    this.#noteHolders();
    this.#addLate();
    for (const enrolment of certified) {
      if (this.#otherHolder(enrolment) === undefined) this.enrol(enrolment);
    }
  }

  /**
   * Whether somebody new may have this name and this key. Throws TrustError 'name-taken', also for one who came by
   * certificate, or 'revoked', also for a name that looks like one that is.
   */
  checkNew(user: Enrolment): void {
    const fingerprint = user.identity.fingerprint.toString('hex');
    if (this.#revokedLooks.has(looksLike(user.username)) || this.#source.users.revokedFingerprints.has(fingerprint)) {
      throw new TrustError('revoked', 'The name or the key is revoked.');
    }
    const holder = this.#enrolled(user.username)?.username ?? this.#otherHolder(user) ?? this.#lookAlike(user);
    if (holder !== undefined) throw new TrustError('name-taken', 'The name or the key is taken.');
  }

  /** Takes in who was enrolled just now, until it is read from disk with all others. */
  add(user: Enrolment, password: Password | undefined): void {
    this.#added = [...this.#added, { user, password, at: this.clock.now() }];
    this.#addLate();
  }

  /** What was added is not in what is read at the same time. */
  #addLate(): void {
    const { users: known } = this.#source;
    const users = new Map(known.users);
    const passwords = new Map(known.passwords);
    for (const { user, password } of this.#added) {
      users.set(user.username, user);
      if (password) passwords.set(user.username, password);
      this.#noteHolder(user);
    }
    this.#source = { ...this.#source, users: { ...known, users, passwords } };
  }

  #noteRevoked(): void {
    const names = [...this.#source.users.revokedNames];
    this.#revokedNames = new Set(names.map(fold));
    this.#revokedLooks = new Set(names.map(looksLike));
  }

  #noteHolders(): void {
    this.#holders.clear();
    for (const entry of this.#source.users.users.values()) this.#noteHolder(entry);
  }

  #noteHolder({ username, identity }: Enrolment): void {
    this.#holders.set(fold(username), username);
    this.#holders.set(identity.fingerprint.toString('hex'), username);
  }

  /** Who holds this name, but for its case, or this key under another name; if his own enrolment still stands. */
  #otherHolder({ username, identity }: Enrolment): string | undefined {
    return [fold(username), identity.fingerprint.toString('hex')]
      .map((property) => this.#holders.get(property))
      .find((holder) => holder !== undefined && holder !== username && this.#enrolled(holder));
  }

  /** Who came by certificate, and whose name this one could be taken for. Of entries `Accounts` knows. */
  #lookAlike({ username }: Enrolment): string | undefined {
    return [...this.#certified.keys()].find((name) => looksLike(name) === looksLike(username) && this.#enrolled(name));
  }

  /**
   * The key that has to verify M3, and what `enrol` needs after it did. Changes nothing.
   * Throws TrustError with the reason for the log; the client learns none.
   */
  find(username: string, certificates: readonly Buffer[]): Enrolment {
    if (!isUsername(username)) throw new TrustError('tampered', 'The name is not a username.');
    if (this.#revokedNames.has(fold(username))) throw new TrustError('revoked', 'The name is revoked.');
    const found = certificates.length > 0 ? this.#byCertificate(username, certificates) : this.#enrolled(username);
    if (!found) throw new TrustError('unasked', 'The name is not enrolled.');
    if (this.#source.users.revokedFingerprints.has(found.identity.fingerprint.toString('hex'))) {
      throw new TrustError('revoked', 'The key is revoked.');
    }
    return found;
  }

  /**
   * What this user has to say beside the key, if anything. Throws TrustError where that cannot be read: who put it
   * there did not mean that the key alone will do.
   */
  password(username: string): Password | undefined {
    const { passwords } = this.#source.users;
    const password = passwords?.get(username);
    if (password === 'damaged') throw new TrustError('tampered', 'The file of the password is damaged.');
    return password;
  }

  /** Whoever could log in by key now, online or not. Changes nothing. */
  lookup(username: string): Enrolment | undefined {
    try {
      return this.find(username, []);
    } catch (fault) {
      if (fault instanceof TrustError) return undefined;
      throw fault;
    }
  }

  #byCertificate(username: string, certificates: readonly Buffer[]): Enrolment {
    const identity = this.#verify(username, certificates);
    const enrolled = this.#enrolled(username);
    if (!enrolled && !this.#source.acceptCertificates) {
      throw new TrustError('unasked', 'The name is not enrolled, and certificates are not accepted.');
    }
    const holder = this.#otherHolder({ username, identity, certificates });
    if (holder !== undefined) {
      throw new TrustError('name-taken', `The name, but for its case, or the key is that of ${holder}.`);
    }
    if (enrolled && !enrolled.identity.fingerprint.equals(identity.fingerprint)) {
      throw new TrustError('key-changed', 'The certificate is for another key than the one enrolled.');
    }
    return { username, identity, certificates };
  }

  /** The entry on disk, or the enrolment in memory if its certificates still verify. */
  #enrolled(username: string): Enrolment | undefined {
    const entry = this.#source.users.users.get(username);
    if (entry) return entry;
    const certified = this.#certified.get(username);
    if (!certified) return undefined;
    try {
      this.#verify(username, certified.certificates);
      return certified;
    } catch {
      return undefined;
    }
  }

  #verify(username: string, certificates: readonly Buffer[]): PublicIdentity {
    const { authorities } = this.#source;
    return verifyUserChain(certificates, { authorities, now: new Date(this.clock.wall()), username }).publicKey;
  }

  /** Notes who has shown that he holds the key of his certificate: from now on the name and its case are taken. */
  enrol(found: Enrolment): void {
    if (this.#source.users.users.has(found.username)) return;
    this.#certified.set(found.username, found);
    this.#noteHolder(found);
  }
}

const fold = (name: string) => name.toLowerCase();
