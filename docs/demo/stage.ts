import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { dial } from '../../client/engine/dial.js';
import { Engine } from '../../client/engine/engine.js';
import type { Event } from '../../client/engine/protocol.js';
import { TrustStore } from '../../client/engine/trust-store.js';
import { systemClock } from '../../common/clock.js';
import { readCertificatesPem } from '../../common/crypto/certificate.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import type { Suite } from '../../common/crypto/suite.js';
import { type KeysFolder, keysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { main as keys } from '../../keys/main.js';
import { realIo } from '../../keys/io.js';
import { Wiretap } from './wiretap.js';

const PASSPHRASE = 'only for this demonstration';

/** A folder of keys for one run; it goes with the process. */
export async function makeKeys(print: (line: string) => void): Promise<KeysFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'messageapp-demo-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const io = {
    ...realIo,
    print: () => undefined,
    terminal: { input: new PassThrough(), error: process.stderr, env: { MESSAGEAPP_PASSPHRASE: PASSPHRASE } },
  };
  for (const [user, type] of [['alice', 'rsa'], ['bob', 'ed25519']] as const) {
    await keys(['user', user, '--type', type, '--keys', folder], io);
    print(`node keys user ${user} --type ${type}`);
  }
  return keysFolder(folder);
}

/** A client, and everything that passed between it and the server. */
export interface Player {
  readonly engine: Engine;
  readonly wire: Wiretap;
  readonly events: Event[];
  /** The first event of a kind, also one that has come already. */
  first<E extends Event['event']>(kind: E): Promise<Event>;
}

export async function enter(name: string, port: number, folders: KeysFolder, suites: readonly Suite[]): Promise<Player> {
  const folder = privateFolderOf(folders, name);
  const wire = new Wiretap();
  const events: Event[] = [];
  const heard = new PassThrough({ objectMode: true });
  const engine = new Engine({
    credentials: {
      username: name,
      identity: privateIdentity(await readPrivateKey(folder.key, async () => PASSPHRASE)),
      certificates: [],
      authorities: readCertificatesPem(readFileSync(folder.authority, 'latin1')),
    },
    serverName: '127.0.0.1',
    suites,
    trust: TrustStore.inMemory(),
    clock: systemClock,
    dial: async () => wire.through(await dial('127.0.0.1', port)),
    reconnectMs: 0,
    didactic: true,
    poolKeys: 1,
  });
  engine.listen((event) => {
    events.push(event);
    heard.emit('event');
  });
  const first = async (kind: Event['event']): Promise<Event> => {
    for (;;) {
      const found = events.find(({ event }) => event === kind);
      if (found) return found;
      const closed = events.find(({ event }) => event === 'closed');
      if (closed && kind !== 'closed') throw new Error(`${name} was closed: ${JSON.stringify(closed)}`);
      await once(heard, 'event');
    }
  };
  engine.start();
  return { engine, wire, events, first };
}
