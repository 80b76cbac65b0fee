import { rsaSuite, type Suite, x25519Suite } from '../common/crypto/suite.js';
import { relayLimits } from '../common/wire/limits.js';
import { brokerLogIn } from './brokers/broker-line.js';
import type { Broker } from './brokers/kinds.js';
import type { LogIn } from './line.js';
import { logInsAlone, logInsAtOnce, type Until } from './logins.js';
import { AT_ONCE, type Material } from './material.js';
import { brokerPlace } from './peers.js';
import { RawClient } from './raw-client.js';
import { type Run, type Step, withBroker, withRelay, withTls } from './run.js';
import type { Server, ServerChild } from './server-child.js';
import { median } from './statistics.js';
import { TlsClient } from './tls-client.js';
import { shownAs } from './who.js';

/** Of `node server`, unless it is told otherwise; at its start it has none of these keys. */
const USUAL_POOL = relayLimits.poolKeys;

/** Logins that come before those that are measured, as a share of the time: Node compiles their code over thousands. */
const WARM_UP = 8;

/**
 * This relay, just started, and busy from the first moment: the keys that it makes at low priority hardly
 * come to be, and are taken as soon as they do.
 */
const cold = (suite: Suite): Step => ({
  name: `logins, ${suite.name}, cold pool`,
  part: 'logins',
  run: (run) => withRelay(run, { poolKeys: USUAL_POOL }, async (relay) => {
    const until = { seconds: run.options.seconds / 2 };
    const logIn = await ours(run, relay, suite);
    run.samples.add(`${suite.name}-cold.first`, (await logInsAlone(logIn, { logins: 1 }))[0]!);
    run.samples.add(`${suite.name}-cold.rate`, (await logInsAtOnce(logIn, AT_ONCE, until)).rate);
    run.samples.add(`${suite.name}-cold.alone`, median(await logInsAlone(logIn, until)));
  }),
});

/** This relay with a full pool. Where logins take RSA keys, no more are measured than there are keys. */
const warm = (suite: Suite): Step => ({
  name: `logins, ${suite.name}, warm pool`,
  part: 'logins',
  run: (run) => withRelay(run, { poolKeys: suite === rsaSuite ? run.options.keys : 1 }, async (relay) => {
    const { seconds, keys } = run.options;
    await relay.full();
    await logInsAtOnce(await ours(run, relay, x25519Suite), AT_ONCE, { seconds: seconds * WARM_UP });
    const logIn = await ours(run, relay, suite);
    const alone = Math.ceil(keys / 3);
    const [first, second]: Until[] = suite === rsaSuite
      ? [{ logins: alone }, { logins: keys - alone }]
      : [{ seconds: seconds / 2 }, { seconds: seconds / 2 }];
    run.samples.add(`${suite.name}-warm.alone`, median(await logInsAlone(logIn, first!)));
    await atOnce(run, `${suite.name}-warm`, relay, logIn, second!);
  }),
});

const tls = (kind: keyof Material['tls']): Step => ({
  name: `logins, TLS, ${kind} certificates`,
  part: 'logins',
  run: (run) => withTls(run, kind, {}, async (relay) => {
    const port = await relay.port;
    const { clients } = run.material.tls[kind];
    const logIn: LogIn = (index) => TlsClient.logIn(port, clients[index % clients.length]!);
    run.samples.add(`tls-${kind}.first`, (await logInsAlone(logIn, { logins: 1 }))[0]!);
    await foreign(run, `tls-${kind}`, relay, logIn);
  }),
});

const ofBroker = (broker: Broker): Step => ({
  name: `logins, ${shownAs[broker]}`,
  part: 'logins',
  run: (run) => withBroker(run, broker, async (server) => {
    const place = await brokerPlace({ server, run }, broker);
    await foreign(run, `${broker}-login`, server, (index) => brokerLogIn(place, index));
  }),
});

/** Of one that makes no keys, once it is warm. */
async function foreign(run: Run, name: string, server: Server, logIn: LogIn): Promise<void> {
  const { seconds } = run.options;
  await logInsAtOnce(logIn, AT_ONCE, { seconds: seconds * WARM_UP });
  run.samples.add(`${name}.alone`, median(await logInsAlone(logIn, { seconds: seconds / 2 })));
  await atOnce(run, name, server, logIn, { seconds: seconds / 2 });
}

/** The load needs as much time for a login as a server, or more: what the server can do is seen in its own time. */
async function atOnce({ samples }: Run, name: string, server: Server, logIn: LogIn, until: Until): Promise<void> {
  const before = await server.cpu();
  const { rate, logins } = await logInsAtOnce(logIn, AT_ONCE, until);
  samples.add(`${name}.rate`, rate);
  samples.add(`${name}.cpu`, (await server.cpu() - before) / logins);
}

async function ours({ material }: Run, relay: ServerChild, suite: Suite): Promise<LogIn> {
  const port = await relay.port;
  return (index) => RawClient.logIn(port, material.credentials[index]!, [suite]);
}

export const loginSteps = (brokers: readonly Broker[]): readonly Step[] => [
  tls('ed25519'), cold(x25519Suite), warm(x25519Suite), cold(rsaSuite), warm(rsaSuite), tls('rsa'),
  ...brokers.map(ofBroker),
];

/** Logins here and there for which nobody has to wait for a key. */
export const rehearsal: readonly Step[] = [tls('ed25519'), warm(x25519Suite)];
