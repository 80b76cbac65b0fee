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
  /** Messages of a user in a second. The relay keeps a time for each, so it is no more than is needed. */
  readonly rate: number;
}

/** This relay, with limits that stop nobody. */
const { keys, users, poolKeys, rate } = childOptions<RelayOptions>();

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
    rateMessages: rate,
    rateWindowMs: 1_000,
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
