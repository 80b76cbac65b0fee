// What t.mockImport rests on, also where tap's own runner has not loaded it.
import '@tapjs/mock/import';
import type { Test } from 'tap';
import * as errors from '../../common/errors.js';
import * as recordKey from '../../common/crypto/record-key.js';
import { SendingChain } from '../../common/crypto/ratchet.js';
import type { Secret } from '../../common/crypto/secret.js';
import * as inbox from '../../common/transport/inbox.js';
import type * as scene from './scene.js';
import type * as corrupt from './corrupt-scene.js';

/**
 * Clients, and a server, whose connections (docs/PROTOCOL.md, part 3) begin with another counter than 0, in both
 * directions; key 0 counts as the one in force there. A false relay has to begin there too.
 */
export async function connectionsFrom(t: Test, counter: bigint): Promise<typeof scene & typeof corrupt> {
  class RecordSealer extends recordKey.RecordSealer {
    constructor(username: string, key: Secret) {
      super(username, key, counter);
    }
  }
  class Inbox<C extends string> extends inbox.Inbox<C> {
    constructor(username: string, key: Secret, table: Readonly<Record<C, unknown>>) {
      super(username, key, table, counter);
    }
  }
  const [atInbox, atOutbox] = ['../../common/transport/inbox.js', '../../common/transport/outbox.js'];
  const known = { '../../common/errors.js': errors };
  const sealing = { ...known, '../../common/crypto/record-key.js': { ...recordKey, RecordSealer } };
  const outbox = await t.mockImport<object>(atOutbox!, sealing);
  const transport = { ...known, [atInbox!]: { ...inbox, Inbox }, [atOutbox!]: outbox };
  const clients = await chain(t, transport, ['../../client/engine/session.js', '../../client/engine/engine.js']);
  const server = await chain(t, transport, [
    '../../server/relay/intake.js', '../../server/relay/session.js', '../../server/relay/relay.js',
    '../../server/library.js',
  ]);
  const own = await t.mockImport<typeof scene>('./scene.js', { ...clients, ...server });
  return { ...own, ...await t.mockImport<typeof corrupt>('./corrupt-scene.js', { './scene.js': own }) };
}

/** Loads modules each of which imports the one before it, so that the last rests on `mocks`. */
async function chain(
  t: Test, mocks: Record<string, object>, paths: readonly string[],
): Promise<Record<string, object>> {
  const loaded = { ...mocks };
  for (const path of paths) loaded[path] = await t.mockImport<object>(path, loaded);
  return loaded;
}

/** The chains of part 5 of all clients in this process go on with `counter` behind record 0. */
export function chainsFrom(t: Test, counter: bigint): void {
  const chain = Object.getPrototypeOf(SendingChain.prototype) as object;
  const real = Object.getOwnPropertyDescriptor(chain, 'counter')!;
  Object.defineProperty(chain, 'counter', {
    ...real,
    get(): bigint {
      const own = real.get!.call(this) as bigint;
      return own === 0n ? own : counter + own - 1n;
    },
  });
  t.teardown(() => Object.defineProperty(chain, 'counter', real));
}
