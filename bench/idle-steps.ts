import type { Broker } from './brokers/kinds.js';
import { crowd } from './crowd.js';
import { leaveAll } from './line.js';
import { AT_ONCE } from './material.js';
import { type Run, type Step, withBroker, withRelay, withTls } from './run.js';
import type { Server } from './server-child.js';
import { shownAs, type Who } from './who.js';

/** How much more memory a server has with all of them than without, for each: as far as it can be seen. */
async function weigh(run: Run, who: Who, server: Server): Promise<void> {
  const { options: { idle }, samples } = run;
  const peer = { who, server, run };
  // Code that was never run takes room, too.
  await leaveAll(await crowd(peer, 0, AT_ONCE));
  const before = await server.memory();
  const visits = await crowd(peer, 0, idle);
  const after = await server.memory();
  for (const what of ['resident', 'swept', 'heap'] as const) {
    const [empty, full] = [before[what], after[what]];
    if (empty === undefined || full === undefined) continue;
    // Of a handful of sessions nothing may be seen.
    samples.add(`${who}.idle-${what}`, Math.max(1, (full - empty) / idle) / 1024);
  }
  await leaveAll(visits);
}

const common = { part: 'idle', once: true } as const;

const ofBroker = (broker: Broker): Step => ({
  ...common,
  name: `idle sessions, ${shownAs[broker]}`,
  run: (run) => withBroker(run, broker, (server) => weigh(run, broker, server)),
});

export const idleSteps = (brokers: readonly Broker[]): readonly Step[] => [
  {
    ...common,
    name: 'idle sessions, this relay',
    run: (run) => withRelay(run, { users: run.options.idle, weighed: true }, async (relay) => {
      await relay.full();
      await weigh(run, 'relay', relay);
    }),
  },
  {
    ...common,
    name: 'idle sessions, TLS',
    run: (run) => withTls(run, 'rsa', { weighed: true }, (relay) => weigh(run, 'plain', relay)),
  },
  ...brokers.map(ofBroker),
];
