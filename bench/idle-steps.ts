import { crowd } from './crowd.js';
import { leaveAll } from './line.js';
import { AT_ONCE } from './material.js';
import { type Run, type Step, withRelay, withTls } from './run.js';
import type { ServerChild } from './server-child.js';

/** How much more memory a server has with all of them, for each: resident, the same without garbage, and heap. */
async function weigh(run: Run, who: 'relay' | 'plain', server: ServerChild): Promise<void> {
  const { options: { idle }, samples } = run;
  const peer = { who, server, run };
  // Code that was never run takes room, too.
  await leaveAll(await crowd(peer, 0, AT_ONCE));
  const before = await server.memory();
  const visits = await crowd(peer, 0, idle);
  const after = await server.memory();
  for (const what of ['resident', 'swept', 'heap'] as const) {
    // Of a handful of sessions nothing may be seen.
    samples.add(`${who}.idle-${what}`, Math.max(1, (after[what] - before[what]) / idle) / 1024);
  }
  await leaveAll(visits);
}

const common = { part: 'idle', once: true } as const;

export const idleSteps: readonly Step[] = [
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
];
