import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { KeyObject } from './node.js';
import { RsaEphemeral } from './suite.js';

/** Makes ephemeral RSA keys one at a time, away from the thread that asks. */
export interface KeyMaker {
  make(): Promise<RsaEphemeral>;
  close(): Promise<void>;
}

interface Made {
  readonly publicBytes: Uint8Array;
  readonly privateKey: KeyObject;
}

/** A worker thread of the lowest priority; it starts with the first key asked for and does not hold the process open. */
export class WorkerKeyMaker implements KeyMaker {
  #worker: Worker | undefined;

  async make(): Promise<RsaEphemeral> {
    const worker = (this.#worker ??= startWorker());
    const { publicBytes, privateKey } = await new Promise<Made>((resolve, reject) => {
      const done = (settle: () => void) => {
        worker.off('message', made).off('error', failed).off('exit', gone);
        settle();
      };
      const made = (message: Made) => done(() => resolve(message));
      const failed = (error: Error) => done(() => reject(error));
      const gone = () => done(() => reject(new Error('the thread that makes keys has ended')));
      worker.on('message', made).on('error', failed).on('exit', gone);
      worker.unref();
      worker.postMessage('make');
    }).catch((error: unknown) => {
      this.#worker = undefined;
      throw error;
    });
    return new RsaEphemeral(privateKey, Buffer.from(publicBytes));
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}

/** The worker's file has the ending of this one: .js as built, .ts where tests run the source. */
function startWorker(): Worker {
  return new Worker(new URL(`./rsa-key-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url));
}
