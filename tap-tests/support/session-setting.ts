import type { Test } from 'tap';
import { Session, type SessionHandlers } from '../../client/engine/session.js';
import type { ExchangeKeys } from '../../common/crypto/exchange.js';
import { Secret } from '../../common/crypto/secret.js';
import { FakeSession, line, serverMessage } from './fake-server.js';
import { ManualClock } from './manual-clock.js';

const secret = (fill: number) => new Secret(Buffer.alloc(32, fill));
export const sessionKeys = (): ExchangeKeys => ({ initiatorToResponder: secret(1), responderToInitiator: secret(2), renewal: secret(3) });
export const WELCOME = { json: '{"rate":{"messages":10,"seconds":5}}' };
export const turn = () => new Promise(setImmediate);

/** A session that has M4 already, unless told otherwise; every event is written down. */
export async function sessionSetting(t: Test, { first = [serverMessage('welc', WELCOME)], clock = new ManualClock() } = {}) {
  const { client, server: far } = line();
  const server = new FakeSession(far, 'alice', sessionKeys());
  const events: string[] = [];
  const errors: unknown[] = [];
  const told = (name: string) => (payload: { username?: string }) => void events.push(`${name} ${payload.username ?? ''}`.trim());
  const names = ['reqt', 'call', 'refu', 'cach', 'pubk', 'frwd', 'exch', 'list', 'erro'] as const;
  const handlers = Object.fromEntries(names.map((name) => [name, told(name)])) as unknown as SessionHandlers;
  const own = sessionKeys();
  const session = new Session(client, 'alice', own, clock, handlers, {
    welcome: () => void events.push('welcome'),
    ended: (error) => {
      events.push('ended');
      errors.push(error && (error as { code?: string }).code);
    },
  });
  t.teardown(() => {
    client.destroy();
    far.destroy();
  });
  session.start(server.seal(...first));
  await turn();
  return { session, server, events, errors, clock, client, own };
}
