import { parseCertificate } from '../../../common/crypto/certificate.js';
import { line } from '../../support/fake-server.js';
import { certificates, identityOf, keys } from '../fixtures.js';
import { check, type Target } from '../target.js';
import { Decisions, stories } from './decisions.js';
import { HostileServer } from './hostile-server.js';
import { Strays } from './strays.js';
import { WatchedClient } from './watched-client.js';

/** A client engine in memory, with a server that says right and wrong things, and a peer who does too. */
const credentials = {
  username: 'alice', identity: identityOf(keys.alice), certificates: [],
  authorities: [parseCertificate(certificates.authority)],
};

const turn = () => new Promise(setImmediate);
const PAUSES = [10, 1_000, 5_000, 31_000, 61_000, 76_000];
const STEPS_MAX = 200;
/** A renewal is due after thirty. */
const MINUTES = 31;

/** Long enough for new keys, on a line that is kept open. */
async function halfAnHour({ clock }: WatchedClient, server: HostileServer): Promise<void> {
  for (let minutes = 0; minutes < MINUTES; minutes++) {
    server.breathe();
    await turn();
    clock.advance(60_000);
  }
}

/** Most stories begin with a call: what is behind it would else be seldom seen. */
async function begin(decisions: Decisions, { engine }: WatchedClient, server: HostileServer): Promise<void> {
  await server.login(decisions);
  const beginning = decisions.below(3);
  if (beginning === 1) engine.do({ do: 'chat', with: 'bob' });
  if (beginning === 2) await server.call(() => engine.do({ do: 'accept', with: 'bob' }));
}

async function goOn(decisions: Decisions, client: WatchedClient, server: HostileServer): Promise<void> {
  const calm = decisions.below(3) === 0;
  for (let steps = 0; decisions.more && steps < STEPS_MAX && !client.closed; steps++) {
    await turn();
    const what = decisions.below(20);
    if (what < 14) server.act(decisions, calm);
    else if (what === 14) await halfAnHour(client, server);
    else if (what < 17) client.clock.advance(PAUSES[decisions.below(calm ? 3 : PAUSES.length)]!);
    else client.engine.do(client.command(decisions, calm));
  }
  await turn();
}

const strays = new Strays();

async function story(decisions: Decisions): Promise<string> {
  const { client: near, server: far } = line();
  const client = new WatchedClient(near, credentials);
  const server = new HostileServer(far, credentials.identity.public, client.clock);
  try {
    await begin(decisions, client, server);
    await goOn(decisions, client, server);
    await client.close();
    check(near.destroyed, 'the connection stays open');
  } finally {
    near.destroy();
    far.destroy();
  }
  strays.check();
  client.check();
  return client.kinds.slice(-3).join(', ');
}

export const engineTarget: Target = {
  name: 'client engine',
  covers: ['client/engine/engine.ts Engine', 'client/engine/session.ts Session', 'client/engine/login.ts logIn'],
  errors: [], inputs: 400, max: 600, slow: 3_000, stuck: 60_000, seeds: stories(16, 120),
  open: async () => strays.watch(),
  close: async () => strays.stop(),
  run: (input) => story(new Decisions(input)),
};
