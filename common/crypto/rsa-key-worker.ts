import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { makeRsaPair, rsaPublicDer } from './node.js';
import { RSA_EPHEMERAL_BITS } from './suite.js';

/**
 * A thread that makes an RSA key whenever it is asked to, one at a time. On Linux the priority is the calling thread's
 * own, so messages, files and DNS never wait for it; elsewhere it would be the whole process's and is left alone.
 */
if (process.platform === 'linux') setPriority(19);

parentPort!.on('message', () => {
  const { publicKey, privateKey } = makeRsaPair(RSA_EPHEMERAL_BITS);
  parentPort!.postMessage({ publicBytes: rsaPublicDer(publicKey), privateKey });
});
