import type { Duplex } from 'node:stream';
import { readFile } from 'node:fs/promises';
import { Engine, type EngineOptions } from '../../client/engine/engine.js';
import { dial } from '../../client/engine/dial.js';
import type { Command, Event } from '../../client/engine/protocol.js';
import { TrustStore } from '../../client/engine/trust-store.js';
import { systemClock } from '../../common/clock.js';
import { type Certificate, readCertificatesPem } from '../../common/crypto/certificate.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import { type KeysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { readMaterial, type RunningServer, type ServerOptions, startServer } from '../../server/library.js';
import { type KeysOptions, makeKeysFolder, PASSPHRASE } from './authority.js';
import { type Person, personWith } from './attacker/primitives.js';
import { until } from './until.js';

/** The events that may have a name: one type of event may have several. */
type Named<E extends Event['event']> = Event extends infer V ? V extends { event: infer N } ? E extends N ? V : never : never : never;

/** A client under test: what it was told, and ways to wait for more. */
export class Actor {
  readonly events: Event[] = [];
  #seen = 0;

  constructor(readonly name: string, readonly engine: Engine, readonly trust: TrustStore) {
    engine.listen((event) => this.events.push(event));
  }

  do(command: Command): void {
    this.engine.do(command);
  }

  /** The next event of a kind, from behind the last one that was waited for. */
  async next<E extends Event['event']>(kind: E, matches: (event: Named<E>) => boolean = () => true): Promise<Named<E>> {
    let found = -1;
    const search = () => {
      found = this.events.findIndex((event, at) => at >= this.#seen && event.event === kind && matches(event as Named<E>));
      return found >= 0;
    };
    await until(`${this.name}: ${kind}`, search).catch((error: Error) => {
      throw new Error(`${error.message}; there was ${JSON.stringify(this.events.slice(this.#seen))}`);
    });
    this.#seen = found + 1;
    return this.events[found] as Named<E>;
  }

  count(kind: Event['event']): number {
    return this.events.filter(({ event }) => event === kind).length;
  }
}

export interface SceneOptions extends KeysOptions {
  readonly server?: Partial<ServerOptions>;
}

/** A real server on port 0 with freshly made keys, and clients that log in to it; `close` leaves nothing behind. */
export class Scene {
  readonly #actors: Actor[] = [];

  private constructor(readonly keys: KeysFolder, public server: RunningServer, private readonly options: SceneOptions) {}

  static async open(dir: string, options: SceneOptions = {}): Promise<Scene> {
    const keys = await makeKeysFolder(dir, options);
    return new Scene(keys, await start(keys, options.server), options);
  }

  /** A user's own key, for an attacker who has it. */
  async person(name: string): Promise<Person> {
    return personWith(await readPrivateKey(privateFolderOf(this.keys, name).key, async () => PASSPHRASE));
  }

  /** The relay's own key and chain, for an attacker who has broken in. */
  async stolenServer(): Promise<{ person: Person; certificates: Buffer[] }> {
    const person = personWith(await readPrivateKey(this.keys.server.key, async () => PASSPHRASE));
    return { person, certificates: (await certificates(this.keys.server.chain)).map(({ der }) => der) };
  }

  /** Stops the server, and starts another on the same port. */
  async restart(): Promise<void> {
    const { port } = this.server;
    await this.server.close();
    this.server = await start(this.keys, { ...this.options.server, port });
  }

  /** A client that is not started yet. */
  async actor(name: string, options: Partial<EngineOptions> = {}): Promise<Actor> {
    const folder = privateFolderOf(this.keys, name);
    const trust = options.trust ?? TrustStore.inMemory();
    const engine = new Engine({
      credentials: {
        username: name,
        identity: privateIdentity(await readPrivateKey(folder.key, async () => PASSPHRASE)),
        certificates: (await certificates(folder.certificate)).map(({ der }) => der),
        authorities: await certificates(folder.authority),
      },
      serverName: '127.0.0.1',
      suites: [x25519Suite],
      trust,
      clock: systemClock,
      dial: (): Promise<Duplex> => dial('127.0.0.1', this.server.port),
      reconnectMs: 60_000,
      poolKeys: 0,
      ...options,
    });
    const actor = new Actor(name, engine, trust);
    this.#actors.push(actor);
    return actor;
  }

  async logIn(name: string, options: Partial<EngineOptions> = {}): Promise<Actor> {
    const actor = await this.actor(name, options);
    actor.engine.start();
    await actor.next('ready');
    return actor;
  }

  /** Two who are logged in, in a chat that the first began. */
  async chat(caller = 'alice', receiver = 'bob', options: Partial<EngineOptions> = {}): Promise<[Actor, Actor]> {
    const [one, other] = [await this.logIn(caller, options), await this.logIn(receiver, options)];
    await connect(one, other);
    return [one, other];
  }

  async close(): Promise<void> {
    for (const actor of this.#actors) actor.do({ do: 'exit' });
    await this.server.close();
    await Promise.all(this.#actors.map((actor) => until(`${actor.name} closed`, () => actor.count('closed') > 0 || actor.events.length === 0)));
  }
}

export async function connect(caller: Actor, receiver: Actor): Promise<void> {
  caller.do({ do: 'chat', with: receiver.name });
  await receiver.next('request', (event) => event.with === caller.name);
  receiver.do({ do: 'accept', with: caller.name });
  await Promise.all([
    caller.next('chat', (event) => event.with === receiver.name),
    receiver.next('chat', (event) => event.with === caller.name),
  ]);
}

function start(keys: KeysFolder, options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  return startServer({
    material: () => readMaterial({
      certificate: keys.server.chain, privateKey: keys.server.key, authority: keys.server.authority, users: keys.users,
    }, undefined),
    ...options,
    // A rate that no test meets unless it says one: ten messages are soon said.
    limits: { poolKeys: 0, rateMessages: 1_000, ...options.limits },
  });
}

async function certificates(path: string): Promise<Certificate[]> {
  const pem = await readFile(path, 'latin1').catch(() => undefined);
  return pem === undefined ? [] : readCertificatesPem(pem);
}
