import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { decode } from '../../common/bytes/codec.js';
import { type Clock, systemClock } from '../../common/clock.js';
import type { Certificate } from '../../common/crypto/certificate.js';
import { EphemeralPool } from '../../common/crypto/ephemeral-pool.js';
import { wipeKeys } from '../../common/crypto/exchange.js';
import type { Identity } from '../../common/crypto/identity.js';
import { HandshakeError, LimitError, MessageAppError, TrustError, WireError } from '../../common/errors.js';
import { takenOver } from '../../common/transport/reading.js';
import { body1 } from '../../common/wire/bodies.js';
import { relayLimits, type RelayLimits } from '../../common/wire/limits.js';
import { Admission, type Ticket } from './admission.js';
import { Dismissed } from './dismissed.js';
import { HashQueue } from './hash-queue.js';
import type { Hub } from './hub.js';
import { listen } from './listen.js';
import { LocalSwitchboard } from './local-switchboard.js';
import { type Log, silentLog } from './log.js';
import { firstBody, type LoggedIn, login, refusalFor } from './login.js';
import { type Caller, PasswordGate } from './password-gate.js';
import { Queues } from './queues.js';
import { Rates } from './rate.js';
import { Registration, type RegistrationOptions } from './registration.js';
import { refuse, turnAway } from './refuse.js';
import { type EnrolledUsers, Registry } from './registry.js';
import { Session } from './session.js';

/** What a server is made of; all of it may be read anew while it runs. */
export interface Material {
  readonly identity: Identity;
  /** DER, the server's own first. */
  readonly certificates: readonly Buffer[];
  /** Whose users' certificates are believed; may be none. */
  readonly authorities: readonly Certificate[];
  readonly users: EnrolledUsers;
  /** A sentence for each part that is not used, for the log. */
  readonly problems?: readonly string[];
}

export interface RelayOptions {
  readonly material: Material;
  /** Let users in by certificate who have no entry; true unless said. */
  readonly acceptCertificates?: boolean;
  /** Let people enrol themselves; nobody unless said. */
  readonly registration?: RegistrationOptions | undefined;
  readonly limits?: Partial<RelayLimits>;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly logWire?: boolean;
}

const NO_REGISTRATION = 8;

/** A connection that was let in. */
interface Guest {
  /** With its port, for the log. */
  readonly shown: string;
  readonly address: string;
  readonly abort: AbortController;
}

/** What ends a connection is seen where it is read. One function for all: it stays as long as the connection. */
const ignore = () => undefined;

/** A running relay: the accept loop, and what all connections share. */
export class Relay {
  readonly #hub: Hub;
  readonly #admission: Admission;
  readonly #pool: EphemeralPool;
  readonly #registry: Registry;
  readonly #gate: PasswordGate;
  readonly #registration: Registration | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #handshakes = new Set<AbortController>();
  readonly #sessions = new Set<Session>();
  readonly #acceptCertificates: boolean;
  #material: Material;
  #closing = false;
  /** Told when nobody is connected any more. */
  #left: (() => void) | undefined;

  constructor(options: RelayOptions) {
    const { material, registration, acceptCertificates = true } = options;
    const { clock = systemClock, log = silentLog, logWire = false } = options;
    const limits = { ...relayLimits, ...options.limits };
    this.#material = material;
    this.#acceptCertificates = acceptCertificates;
    this.#registry = new Registry({ ...material, acceptCertificates }, clock);
    this.#admission = new Admission(limits, clock);
    this.#pool = new EphemeralPool({ keys: limits.poolKeys, clock, log });
    const hashes = new HashQueue();
    this.#gate = new PasswordGate(limits, clock, hashes);
    this.#registration = registration && new Registration(registration, hashes, { limits, clock });
    this.#hub = {
      limits, clock, log, logWire,
      rates: new Rates(limits, clock),
      queues: new Queues(limits.allQueuesCells),
      switchboard: new LocalSwitchboard({ limits, clock, log, enrolled: (name) => this.#registry.lookup(name) }),
      closed: (session) => this.#sessions.delete(session),
    };
    const how = { noDelay: true, keepAlive: true, pauseOnConnect: true };
    this.#server = createServer(how, (socket) => this.#accept(takenOver(socket)));
  }

  /** @param port 0 takes a free one. Throws UsageError 'cannot-listen' */
  async listen(port: number, host: string): Promise<AddressInfo> {
    const address = await listen(this.#server, port, host);
    this.#hub.log('listening', { host: address.address, port: address.port });
    this.#logUsers();
    return address;
  }

  #accept(socket: Socket): void {
    const { log } = this.#hub;
    const { remoteAddress, remotePort } = socket;
    socket.on('error', ignore);
    if (remoteAddress === undefined) return void socket.destroy();
    const address = isIPv6(remoteAddress) ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
    const abort = new AbortController();
    const drop = () => abort.abort(new LimitError('busy', 'Too many handshakes.'));
    const ticket = this.#admission.admit(remoteAddress, drop);
    if (typeof ticket === 'string') {
      log('refused', { address, reason: ticket });
      return turnAway(socket, 5);
    }
    log('connected', { address });
    this.#count(socket, ticket);
    void this.#serve(socket, { shown: address, address: remoteAddress, abort }, ticket);
  }

  #count(socket: Socket, ticket: Ticket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#left?.();
      ticket.closed();
    });
  }

  async #serve(socket: Socket, { shown: address, abort, ...from }: Guest, ticket: Ticket): Promise<void> {
    const { limits, clock, log } = this.#hub;
    const { identity, certificates } = this.#material;
    const context = { limits, clock, pool: this.#pool, registry: this.#registry, identity, certificates };
    let username: string | undefined;
    const cut = () => abort.abort(new WireError('truncated', 'The connection was closed.'));
    socket.once('close', cut);
    this.#handshakes.add(abort);
    try {
      const m1 = await firstBody(socket, context, abort);
      const caller = { socket, abort, address: from.address };
      if (decode(body1, m1).username === '') {
        if (!this.#registration) return refuse(socket, this.#refuseRegistration(address), clock);
        return log('registered', { username: await this.#registration.serve(caller, m1, context), address });
      }
      const known = await login(socket, context, abort, (name) => (username = name), m1);
      const user = await this.#askPassword(caller, known);
      const session = Session.open(socket, user, this.#hub);
      if (session) {
        log('logged-in', { username, address, suite: user.suite, certificate: user.user.certificates.length > 0 });
        this.#sessions.add(session);
        session.listen();
      } else {
        log('refused', { address, username, reason: 'already-logged-in' });
        refuse(socket, 4, clock);
      }
    } catch (fault) {
      if (fault instanceof Dismissed) {
        return log('refused', { address, username, reason: fault.code, detail: fault.message });
      }
      // A connection that was reset has ended like any other: nobody is to be told, and nothing is wrong here.
      const reset = fault === socket.errored;
      const reason = reset ? 'truncated' : fault instanceof MessageAppError ? fault.code : 'fault';
      const detail = fault instanceof Error ? fault.message : String(fault);
      const code = reset ? undefined : refusalFor(fault);
      log(code === undefined ? 'unfinished' : 'refused', { address, username, reason, detail });
      refuse(socket, code, clock);
    } finally {
      socket.off('close', cut);
      this.#handshakes.delete(abort);
      ticket.finished();
    }
  }

  #refuseRegistration(address: string): number {
    this.#hub.log('refused', { address, reason: 'no-registration' });
    return NO_REGISTRATION;
  }

  /** Who was revoked while the person typed does not come in. */
  async #askPassword(caller: Caller, known: LoggedIn): Promise<LoggedIn> {
    const { user } = known;
    const password = this.#registry.password(user.username);
    if (!password) return known;
    const passed = await this.#gate.pass(caller, known, password);
    if (this.#mayStay({ ...user, fingerprint: user.identity.fingerprint })) return passed;
    wipeKeys(passed.keys);
    throw new TrustError('revoked', 'The user was revoked meanwhile.');
  }

  /** By the clock: when reading anew begins. */
  get now(): number {
    return this.#hub.clock.now();
  }

  /** Takes over what was read anew; whoever may not log in any more, or not with this key, is cut. */
  replace(material: Material, begun?: number): void {
    this.#material = material;
    this.#registry.replace({ ...material, acceptCertificates: this.#acceptCertificates }, begun);
    for (const session of this.#sessions) if (!this.#mayStay(session)) session.end('revoked');
    this.#hub.log('reloaded');
    this.#logUsers();
  }

  #mayStay(
    { username, certificates, fingerprint }: Pick<Session, 'username' | 'certificates' | 'fingerprint'>,
  ): boolean {
    try {
      return this.#registry.find(username, certificates).identity.fingerprint.equals(fingerprint);
    } catch (fault) {
      if (fault instanceof MessageAppError) return false;
      throw fault;
    }
  }

  #logUsers(): void {
    const { users: { users, revokedNames, revokedFingerprints }, problems = [] } = this.#material;
    this.#hub.log('users', { enrolled: users.size, revoked: Math.max(revokedNames.size, revokedFingerprints.size) });
    for (const problem of problems) this.#hub.log('problem', { detail: problem });
  }

  /** Tells everyone, waits until they have it or some seconds have passed, and stops. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const served = this.#server.listening;
    if (served) this.#hub.log('closing', { sessions: this.#sessions.size });
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const left = this.#sockets.size === 0 ? undefined : new Promise<void>((resolve) => (this.#left = resolve));
    for (const abort of this.#handshakes) abort.abort(new HandshakeError('refused', 'The server is closing.'));
    // None is told that the others go: each is to find that its own connection ended, and to offer its chats again.
    for (const session of this.#sessions) session.mute();
    for (const session of this.#sessions) session.end('closing');
    await this.#pool.close();
    await Promise.all([stopped, left]);
    if (served) this.#hub.log('closed');
  }
}
