import { parseCertificate } from '../../../common/crypto/certificate.js';
import type { Identity } from '../../../common/crypto/identity.js';
import {
  type Enrolment, type LogEvent, type LogFields, type Material, type RunningServer, startServer,
} from '../../../server/library.js';
import { until } from '../../support/until.js';
import { certificates, identityOf, keys } from '../fixtures.js';
import { Fault, type Target } from '../target.js';
import { Decisions, stories } from './decisions.js';
import { HostileClient } from './hostile-client.js';
import { cutLogin, spoiledHello, spoiledProof } from './hostile-login.js';
import { Observers } from './observers.js';
import type { Place } from './place.js';
import { Strays } from './strays.js';

/** A real server, with clients that say right and wrong things, while two others chat. */
const RATE = 40;
const limits = {
  poolKeys: 1, rateMessages: RATE, rateWindowMs: 10, refusalMs: 1, helloMs: 60_000, proofMs: 60_000,
  connectRate: 1e6, connectBurst: 1e6, connectionsPerAddress: 1e4, handshakesPerAddress: 1e4,
};

const { alice, bob, user3, user4 } = keys;
const identities = new Map<string, Identity>(
  Object.entries({ alice, bob, user3, user4 }).map(([name, key]) => [name, identityOf(key)]),
);

const serverIdentity = identityOf(keys.server);
const material: Material = {
  identity: serverIdentity,
  certificates: [certificates.server],
  authorities: [parseCertificate(certificates.authority)],
  users: {
    users: new Map([...identities].map(([username, { public: identity }]): [string, Enrolment] =>
      [username, { username, identity, certificates: [] }])),
    revokedNames: new Set(), revokedFingerprints: new Set(),
  },
};

const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;

class Stage {
  readonly #strays = new Strays();
  readonly #before = sockets();
  /** What a log must not have. */
  readonly #faults: string[] = [];
  #server: RunningServer | undefined;
  #observers: Observers | undefined;

  async open(): Promise<void> {
    this.#strays.watch();
    this.#server = await startServer({ limits, material, log: (event, fields) => this.#log(event, fields) });
    this.#observers = new Observers(this.#server.port);
    await this.#observers.open();
  }

  #log(event: LogEvent, fields: LogFields = {}): void {
    const isFault = event === 'fault' || event === 'pool-failed' || fields['reason'] === 'fault';
    if (isFault) this.#faults.push(`${event} ${JSON.stringify(fields)}`);
  }

  get observers(): Observers {
    return this.#observers!;
  }

  get place(): Place {
    const { host, port } = this.#server!;
    const identityFor = (username: string) => identities.get(username)!;
    return { host, port, server: serverIdentity.public, rateMessages: RATE, identityOf: identityFor };
  }

  check(): void {
    this.#strays.check();
    if (this.#faults.length > 0) throw new Fault(`the log has ${this.#faults.splice(0).join('; ')}`);
  }

  async close(): Promise<void> {
    try {
      await this.#observers?.close();
    } finally {
      await this.#server?.close();
      this.#strays.stop();
    }
    this.check();
    await until('no socket is left', () => sockets() <= this.#before);
  }
}

const logins = [spoiledHello, spoiledProof, cutLogin] as const;
const names = [...identities.keys()];

async function story(decisions: Decisions, place: Place): Promise<string> {
  const told: string[] = [];
  while (decisions.below(4) === 0 && decisions.more) {
    told.push(await decisions.one(logins)(place, decisions.one(names), decisions.random));
  }
  const clients = [await HostileClient.login(place, 'user3'), await HostileClient.login(place, 'user4')];
  try {
    while (decisions.more && clients.some(({ ended }) => !ended)) {
      const client = decisions.one(clients.filter(({ ended }) => !ended));
      const verdict = client.act(decisions);
      await client.meets(verdict);
      if (verdict !== 'fine') told.push(verdict);
      // Some things are answered before the next is said, others not.
      if (decisions.below(2) === 0) await new Promise(setImmediate);
    }
    for (const client of clients) await client.leave();
  } finally {
    for (const client of clients) client.raw.socket.destroy();
  }
  return told.slice(0, 2).join(', ') || 'nothing wrong';
}

let stage = new Stage();

export const relayTarget: Target = {
  name: 'relay',
  covers: ['server/relay/router.ts dispatch', 'server/relay/login.ts login', 'server/relay/intake.ts Intake'],
  errors: [], inputs: 150, max: 400, slow: 5_000, stuck: 60_000, seeds: stories(12, 60),
  async open() {
    stage = new Stage();
    await stage.open();
  },
  close: () => stage.close(),
  async run(input) {
    const { observers, place } = stage;
    observers.say();
    const told = await story(new Decisions(input), place);
    observers.say();
    await observers.arrived();
    stage.check();
    return told;
  },
};
