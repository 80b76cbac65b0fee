import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, pauseBefore } from '../client/engine/retry.js';
import { rsaSuite, type Suite, x25519Suite } from '../common/crypto/suite.js';
import { relayLimits } from '../common/wire/limits.js';
import { type LogIn, leaveAll, type Visit } from './line.js';
import { RawClient } from './raw-client.js';
import { type Run, type Step, withRelay, withTls } from './run.js';
import type { ServerChild } from './server-child.js';
import { TlsClient } from './tls-client.js';

/** What the clients offer, and how it is called. */
const offers = { rsa: [rsaSuite], 'rsa,x25519': [rsaSuite, x25519Suite] } as const;

/** All users at once, at a relay that was just started: until the last of them has its welcome. */
async function storm({ options, samples }: Run, name: string, server: ServerChild, logIn: LogIn): Promise<void> {
  const before = await server.cpu();
  const start = performance.now();
  const visits = await Promise.all(Array.from({ length: options.storm }, (_, index) => logIn(index)));
  samples.add(`storm.${name}-seconds`, (performance.now() - start) / 1000);
  samples.add(`storm.${name}-cpu`, (await server.cpu() - before) / 1000);
  await leaveAll(visits);
}

const ours = (name: keyof typeof offers): Step => ({
  name: `login storm, ${name}`,
  part: 'storm',
  run: (run) => withRelay(run, { poolKeys: relayLimits.poolKeys, users: run.options.storm }, async (relay) => {
    const port = await relay.port;
    const tries = { again: 0 };
    await storm(run, name, relay, (index) => logInAnyway(run, port, index, offers[name], tries));
    run.samples.add(`storm.${name}-again`, tries.again);
  }),
});

/** As a client that was logged in before the relay was started anew: it tries again, after its pauses. */
async function logInAnyway(
  { material }: Run, port: number, index: number, suites: readonly Suite[], tries: { again: number },
): Promise<Visit> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await RawClient.logIn(port, material.credentials[index]!, suites);
    } catch (error) {
      if (!isPassing(error, true)) throw error;
      tries.again++;
      await sleep(pauseBefore(attempt));
    }
  }
}

const tls: Step = {
  name: 'login storm, TLS',
  part: 'storm',
  run: (run) => withTls(run, 'rsa', {}, async (relay) => {
    const port = await relay.port;
    const { clients } = run.material.tls.rsa;
    await storm(run, 'tls', relay, (index) => TlsClient.logIn(port, clients[index % clients.length]!));
  }),
};

export const stormSteps: readonly Step[] = [ours('rsa'), ours('rsa,x25519'), tls];
