import type { Duplex } from 'node:stream';
import { Engine } from '../../../client/engine/engine.js';
import type { Command, Event } from '../../../client/engine/protocol.js';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { palette } from '../../../client/ui/terminal/palette.js';
import { render } from '../../../client/ui/terminal/row.js';
import { show } from '../../../client/ui/terminal/show.js';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { safetyNumber } from '../../../common/crypto/safety-number.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import { isUsername } from '../../../common/wire/username.js';
import { line } from '../../support/fake-server.js';
import { ManualClock } from '../../support/manual-clock.js';
import { certificates, identityOf, keys, NOW } from '../fixtures.js';
import { check, Fault, type Target } from '../target.js';
import { eventNames } from '../targets/events.js';
import { isSafe } from '../unsafe-text.js';
import { Decisions, stories } from './decisions.js';
import { HostileServer } from './hostile-server.js';
import { Strays } from './strays.js';

/** A client engine in memory, with a server that says right and wrong things, and a peer who does too. */
const alice = identityOf(keys.alice);
const bob = identityOf(keys.bob).public;
const credentials = { username: 'alice', identity: alice, certificates: [], authorities: [parseCertificate(certificates.authority)] };
const turn = () => new Promise(setImmediate);

class Client {
  readonly clock = new ManualClock(NOW.getTime());
  readonly events: Event[] = [];
  readonly engine: Engine;
  fault: string | undefined;

  constructor(stream: Duplex) {
    this.engine = new Engine({
      credentials, serverName: 'localhost', suites: [x25519Suite], trust: TrustStore.inMemory(), clock: this.clock, dial: async () => stream,
      reconnectMs: 0, poolKeys: 0,
    });
    this.engine.listen((event) => {
      this.events.push(event);
      this.fault ??= faultOf(event);
    });
    this.engine.start();
  }

  get closed(): boolean {
    return this.events.at(-1)?.event === 'closed';
  }

  command(decisions: Decisions, calm: boolean): Command {
    if (calm) return { do: 'say', with: 'bob', text: 'hello' };
    const name = decisions.one(['bob', 'bob', 'bob', 'bob', 'user3', 'alice', '../x']);
    switch (decisions.below(16)) {
      case 0: return { do: 'list', prefix: decisions.one(['', 'al', '/']) };
      case 1: return { do: 'chat', with: name };
      case 2: return { do: 'cancel', with: name };
      case 3: case 4: return { do: 'accept', with: name };
      case 5: return { do: 'refuse', with: name };
      case 6: return { do: 'leave', with: name };
      case 7: return { do: 'verify', with: name };
      case 8: return { do: 'compared', with: name };
      case 9: return { do: 'trust', with: name, number: safetyNumber({ username: 'alice', fingerprint: alice.public.fingerprint }, { username: 'bob', fingerprint: bob.fingerprint }) };
      default: return { do: 'say', with: name, text: decisions.one(['hello', '', '\ud800', 'x'.repeat(5_000), '€'.repeat(22_000)]) };
    }
  }

  /** Ends it, whatever the server does now. */
  async close(): Promise<void> {
    this.engine.do({ do: 'exit' });
    // A login that is under way is given up after a minute.
    for (let tries = 0; tries < 60 && !(this.closed && this.clock.pending === 0); tries++) {
      await turn();
      this.clock.advance(5_000);
    }
    await turn();
    check(this.closed, 'it does not end');
    check(this.clock.pending === 0, `${this.clock.pending} timers are left`);
    check(this.events.filter(({ event }) => event === 'closed').length === 1, 'it ends more than once');
  }
}

/** Codes that say that the program itself did not know what to do. */
const UNEXPECTED = /did not expect|"failed"/;

function faultOf(event: Event): string | undefined {
  const json = JSON.stringify(event);
  if (!eventNames.has(event.event)) return `an event ${json}`;
  if (UNEXPECTED.test(json)) return `says ${json}`;
  // Whoever asked with a name that is none is told so, and nobody else is named so.
  if ('with' in event && event.with !== undefined && event.event !== 'error' && !isUsername(event.with)) return `names ${json}`;
  const before = { chat: true, calling: false, wasOnline: true };
  const rows = show(event, { now: new Date(0), before, inFront: true, didactic: false, textOf: () => undefined }).flatMap((row) => render(row, 60, palette(false)));
  return rows.every((row) => isSafe(row, false)) ? undefined : `shows ${JSON.stringify(rows)}`;
}

const strays = new Strays();

/** Long enough for new keys, on a line that is kept open. */
async function halfAnHour({ clock }: Client, server: HostileServer): Promise<void> {
  for (let minutes = 0; minutes < 31; minutes++) {
    server.breathe();
    await turn();
    clock.advance(60_000);
  }
}

async function story(decisions: Decisions): Promise<string> {
  const { client: near, server: far } = line();
  const client = new Client(near);
  const server = new HostileServer(far, alice.public, client.clock);
  try {
    await server.login(decisions);
    // Most stories begin with a call: what is behind it would else be seldom seen.
    const beginning = decisions.below(3);
    if (beginning === 1) client.engine.do({ do: 'chat', with: 'bob' });
    if (beginning === 2) await server.call(() => client.engine.do({ do: 'accept', with: 'bob' }));
    const calm = decisions.below(3) === 0;
    for (let steps = 0; decisions.more && steps < 200 && !client.closed; steps++) {
      await turn();
      const what = decisions.below(20);
      if (what < 14) server.act(decisions, calm);
      else if (what < 15) await halfAnHour(client, server);
      else if (what < 17) client.clock.advance(decisions.one(calm ? [10, 1_000, 5_000] : [10, 1_000, 5_000, 31_000, 61_000, 76_000]));
      else client.engine.do(client.command(decisions, calm));
    }
    await turn();
    await client.close();
    check(near.destroyed, 'the connection stays open');
  } finally {
    near.destroy();
    far.destroy();
  }
  strays.check();
  if (client.fault !== undefined) throw new Fault(client.fault);
  const kinds = new Set(client.events.map((event) => `${event.event}${'code' in event ? ` ${event.code}` : ''}`));
  return [...kinds].slice(-3).join(', ');
}

export const engineTarget: Target = {
  name: 'client engine', covers: [], errors: [], inputs: 400, max: 600, slow: 3_000, stuck: 60_000, seeds: stories(16, 120),
  open: async () => strays.watch(),
  close: async () => strays.stop(),
  run: (input) => story(new Decisions(input)),
};
