import type { Test } from 'tap';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { type Identity, privateIdentity } from '../../common/crypto/identity.js';
import type { Password } from '../../common/crypto/password.js';
import { makeEd25519Pair } from '../../common/crypto/node.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import { type Enrolment, type LogEvent, type LogFields, type Material, type RunningServer, type ServerOptions, startServer } from '../../server/library.js';
import { type Person, personWith } from './attacker/primitives.js';
import { good } from './certificate-maker.js';
import { newIdentity, RawClient, type RawLogin } from './raw-client.js';
import { until } from './until.js';

export interface Logged extends LogFields {
  readonly event: LogEvent;
}

/** A relay in this process on a free port, with users enrolled by key; closed when the test is over. */
export class TestServer {
  readonly log: Logged[] = [];
  readonly keys = new Map<string, Identity>();
  /** The same keys for an attacker, who is not of this code. */
  readonly people = new Map<string, Person>();
  readonly identity = newIdentity();
  readonly passwords = new Map<string, Password | 'damaged'>();
  readonly #revoked = new Set<string>();
  #running: RunningServer | undefined;
  #readable = true;

  static async start(t: Test, { users = ['alice', 'bob'], limits = {}, ...others }: {
    readonly users?: readonly string[];
    readonly limits?: Partial<RelayLimits>;
  } & Partial<ServerOptions> = {}): Promise<TestServer> {
    const server = new TestServer(users);
    const log = (event: LogEvent, fields: LogFields = {}) => void server.log.push({ event, ...fields });
    const run = await startServer({ material: async () => server.#material(), log, limits: { poolKeys: 0, ...limits }, ...others });
    server.#running = run;
    t.teardown(() => run.close());
    return server;
  }

  private constructor(users: readonly string[]) {
    for (const name of users) {
      const { privateKey } = makeEd25519Pair();
      this.keys.set(name, privateIdentity(privateKey));
      this.people.set(name, personWith(privateKey));
    }
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.running.port };
  }

  person(name: string): Person {
    return this.people.get(name)!;
  }

  get running(): RunningServer {
    return this.#running!;
  }

  #material(): Material {
    if (!this.#readable) throw new Error('cannot be read');
    const users = new Map([...this.keys].map(([username, { public: identity }]): [string, Enrolment] =>
      [username, { username, identity, certificates: [] }]));
    return {
      identity: this.identity,
      certificates: [good.server()],
      authorities: [parseCertificate(good.authority())],
      users: { users, revokedNames: this.#revoked, revokedFingerprints: new Set(), passwords: this.passwords },
    };
  }

  revoke(name: string): void {
    this.keys.delete(name);
    this.#revoked.add(name);
  }

  unreadable(): void {
    this.#readable = false;
  }

  login(name: string, own: Partial<RawLogin> = {}, localAddress?: string): Promise<RawClient> {
    const identity = own.identity ?? this.keys.get(name) ?? newIdentity();
    return RawClient.login(this.running, name, this.identity.public, { ...own, identity }, localAddress);
  }

  /** Both logged in, and what they heard of it forgotten. */
  async pair(): Promise<{ alice: RawClient; bob: RawClient }> {
    const [alice, bob] = [await this.login('alice'), await this.login('bob')];
    await alice.expect('welc');
    await bob.expect('welc');
    return { alice, bob };
  }

  /** A conversation that alice has called for. @returns its id */
  async connect(alice: RawClient, bob: RawClient): Promise<string> {
    alice.say('chat', { username: bob.username });
    await bob.expect('reqt');
    bob.say('acpt', { username: alice.username });
    await bob.expect('pubk');
    return (await alice.expect('pubk')).conversation;
  }

  events(event: LogEvent): Logged[] {
    return this.log.filter((each) => each.event === event);
  }

  async logged(event: LogEvent, count = 1): Promise<Logged> {
    await until(`${count} × ${event} in the log`, () => this.events(event).length >= count);
    return this.events(event)[count - 1]!;
  }
}

