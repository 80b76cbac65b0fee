import type { Worker } from 'node:worker_threads';
import { keysFolder } from '../common/files/keys-folder.js';
import { giveRoom } from '../server/heap-room.js';
import { readMaterial, startServer } from '../server/library.js';
import { childOptions, serve, tell } from './child-side.js';

export interface RelayOptions {
  /** A folder that `node keys` would have made. */
  readonly keys: string;
  /** A folder of users. */
  readonly users: string;
  readonly poolKeys: number;
}

/** This relay, with limits that stop nobody. */
const { keys, users, poolKeys } = childOptions<RelayOptions>();

/** The pool's keys come from the only thread that a relay starts. */
let made = 0;
process.on('worker', (worker: Worker) => worker.on('message', () => {
  if (++made === poolKeys) tell({ full: true });
}));

// As `node server` does.
giveRoom();
const { server } = keysFolder(keys);
const { port } = await startServer({
  material: () => readMaterial(
    { certificate: server.chain, privateKey: server.key, authority: server.authority, users }, undefined,
  ),
  limits: {
    poolKeys,
    // More than come in a millisecond. The relay keeps a time for each, so they are few.
    rateMessages: 1_000,
    rateWindowMs: 1,
    waitingCells: 1e6,
    connectionsPerAddress: 1e6,
    connectRate: 1e6,
    connectBurst: 1e6,
    handshakesPerAddress: 1e6,
    handshakes: 1e6,
    queueCells: 1e6,
    allQueuesCells: 1e7,
    changes: 1e6,
    readdMs: 1,
  },
});
serve(port);
