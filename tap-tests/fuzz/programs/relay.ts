import { parseCertificate } from '../../../common/crypto/certificate.js';
import { type Identity } from '../../../common/crypto/identity.js';
import { startServer, type Enrolment, type LogEvent, type LogFields, type RunningServer } from '../../../server/library.js';
import { until } from '../../support/until.js';
import { certificates, identityOf, keys } from '../fixtures.js';
import { Fault, type Target } from '../target.js';
import { Decisions, stories } from './decisions.js';
import { cutLogin, HostileClient, type Place, spoiledHello, spoiledProof, type Verdict } from './hostile-client.js';
import { Observers } from './observers.js';
import { Strays } from './strays.js';

/** A real server, with clients that say right and wrong things, while two others chat. */
const RATE = 40;
const limits = {
  poolKeys: 1, rateMessages: RATE, rateWindowMs: 10, connectRate: 1e6, connectBurst: 1e6, connectionsPerAddress: 1e4, handshakesPerAddress: 1e4, refusalMs: 1,
  helloMs: 60_000, proofMs: 60_000,
};

const people = { alice: keys.alice, bob: keys.bob, user3: keys.user3, user4: keys.user4 } as const;
const identities = new Map<string, Identity>(Object.entries(people).map(([name, key]) => [name, identityOf(key)]));
const serverKeys = identityOf(keys.server);

class Stage {
  readonly strays = new Strays();
  /** What a log must not have. */
  readonly faults: string[] = [];
  readonly #before = resources();

  private constructor(readonly server: RunningServer, readonly observers: Observers, faults: string[]) {
    this.faults = faults;
    this.strays.watch();
  }

  static async open(): Promise<Stage> {
    const faults: string[] = [];
    const log = (event: LogEvent, fields: LogFields = {}) => {
      if (event === 'fault' || event === 'pool-failed' || fields['reason'] === 'fault') faults.push(`${event} ${JSON.stringify(fields)}`);
    };
    const users = new Map([...identities].map(([username, { public: identity }]): [string, Enrolment] => [username, { username, identity, certificates: [] }]));
    const server = await startServer({
      limits, log, material: {
        identity: serverKeys, certificates: [certificates.server], authorities: [parseCertificate(certificates.authority)],
        users: { users, revokedNames: new Set(), revokedFingerprints: new Set() },
      },
    });
    const observers = new Observers(server.port);
    await observers.open();
    return new Stage(server, observers, faults);
  }

  get place(): Place {
    const { host, port } = this.server;
    return { host, port, server: serverKeys.public, rateMessages: RATE, identityOf: (username) => identities.get(username)! };
  }

  check(): void {
    this.strays.check();
    if (this.faults.length > 0) throw new Fault(`the log has ${this.faults.splice(0).join('; ')}`);
  }

  async close(): Promise<void> {
    try {
      await this.observers.close();
    } finally {
      await this.server.close();
      this.strays.stop();
    }
    this.check();
    await until('nothing is left', () => resources() <= this.#before);
  }
}

const resources = (): number => process.getActiveResourcesInfo().filter((kind) => /TCP/.test(kind)).length;

let stage: Stage | undefined;

const logins = [spoiledHello, spoiledProof, cutLogin] as const;

async function story(decisions: Decisions, { place }: Stage): Promise<string> {
  const told: string[] = [];
  while (decisions.below(4) === 0 && decisions.more) told.push(await decisions.one(logins)(place, decisions.one(['user3', 'user4', 'nobody', 'alice'].filter((name) => identities.has(name))), decisions.random));
  const clients = [await HostileClient.login(place, 'user3'), await HostileClient.login(place, 'user4')];
  try {
    while (decisions.more && clients.some(({ ended }) => !ended)) {
      const client = decisions.one(clients.filter(({ ended }) => !ended));
      const verdict: Verdict = await client.act(decisions);
      await client.meets(verdict);
      if (verdict !== 'fine') told.push(verdict);
      // Some things are answered before the next is said, others not.
      if (decisions.below(2) === 0) await new Promise(setImmediate);
    }
    for (const client of clients) await client.leave();
  } finally {
    for (const client of clients) client.raw.socket.destroy();
  }
  return told.join(', ') || 'nothing wrong';
}

export const relayTarget: Target = {
  name: 'relay', covers: ['server/relay/router.ts dispatch'], errors: [], inputs: 150, max: 400, slow: 5_000, stuck: 60_000, seeds: stories(12, 60),
  async open() {
    stage = await Stage.open();
  },
  async close() {
    await stage?.close();
    stage = undefined;
  },
  async run(input) {
    const on = stage!;
    on.observers.say();
    const told = await story(new Decisions(input), on);
    on.observers.say();
    await on.observers.arrived();
    on.check();
    return told.split(', ').slice(0, 2).join(', ');
  },
};

