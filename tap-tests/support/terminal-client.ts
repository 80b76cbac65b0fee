import type { Test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import { Engine } from '../../client/engine/engine.js';
import { TrustStore } from '../../client/engine/trust-store.js';
import { runTerminal } from '../../client/ui/terminal/index.js';
import { systemClock } from '../../common/clock.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import { cn, good, NOW } from './certificate-maker.js';
import { edIdentity } from './exchange-pair.js';
import { serverIdentity } from './fake-server.js';
import { KnowingRelay } from './knowing-relay.js';
import { until } from './until.js';
import { VirtualKeys, VirtualTerminal } from './virtual-terminal.js';

export interface TerminalClientOptions {
  readonly columns?: number;
  readonly colour?: boolean;
  /** What the authority, and the server, are called in their certificates. */
  readonly authority?: string;
  readonly server?: string;
  /** The JSON of `welc`. */
  readonly welcome?: string;
  /** Who is at the other end of the chat; bob if left out. */
  readonly peer?: string;
}

/** alice at a terminal, with the real engine, logged in to a relay that is not her friend. */
export async function atTerminal(t: Test, options: TerminalClientOptions = {}) {
  const { columns = 80, colour = true, authority = 'Test authority', server = 'localhost', welcome } = options;
  const { peer = 'bob' } = options;
  const issuer = cn(authority);
  const certificates = [good.server({ issuer, subject: cn(server) })];
  const relay = await KnowingRelay.start({ identity: serverIdentity(), certificates }, peer);
  const identity = edIdentity();
  const alice = { username: 'alice', identity: identity.public };
  const engine = new Engine({
    credentials: {
      username: 'alice', identity, certificates: [],
      authorities: [parseCertificate(good.authority({ issuer, subject: issuer }))],
    },
    serverName: 'localhost', suites: [x25519Suite], trust: TrustStore.inMemory(), reconnectMs: 0, poolKeys: 0,
    clock: { ...systemClock, wall: () => NOW.getTime() + performance.now() },
    dial: () => dial('127.0.0.1', relay.port),
  });
  const [keys, screen] = [new VirtualKeys(), new VirtualTerminal(columns)];
  const status = runTerminal(engine, { input: keys, output: screen }, { user: 'alice', colour, didactic: false });
  const shows = (what: RegExp) => until(`${what} on the screen`, () => what.test(screen.text.join('\n')));
  t.teardown(async () => {
    relay.close();
    await status;
  });
  await relay.login(alice, x25519Suite, welcome);
  await shows(/\[SERVER-COMMAND\]->/);

  /** The relay's peer calls, and alice accepts. */
  const chat = async () => {
    const calling = relay.call(alice, x25519Suite);
    await shows(/asks for a chat/);
    await keys.type('acpt\r');
    await calling;
    await shows(new RegExp(`\\[CHAT ${peer}\\]->`));
  };
  return { relay, keys, screen, status, shows, chat };
}
