import type { Duplex } from 'node:stream';
import { Engine } from '../../../client/engine/engine.js';
import type { Credentials } from '../../../client/engine/login.js';
import type { Command, Event } from '../../../client/engine/protocol.js';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { palette } from '../../../client/ui/terminal/palette.js';
import { render } from '../../../client/ui/terminal/row.js';
import { show } from '../../../client/ui/terminal/show.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import { isUsername } from '../../../common/wire/username.js';
import { ManualClock } from '../../support/manual-clock.js';
import { NOW } from '../fixtures.js';
import { check, Fault } from '../target.js';
import { eventNames } from '../targets/events.js';
import { isSafe } from '../unsafe-text.js';
import type { Decisions } from './decisions.js';

const turn = () => new Promise(setImmediate);

/** Codes that say that the program itself did not know what to do. */
const UNEXPECTED = /did not expect|"failed"/;
const before = { chat: true, calling: false, wasOnline: true };
const context = { now: new Date(0), before, user: 'alice', inFront: true, didactic: false, textOf: () => undefined, markOf: () => '' };

/** What is wrong with an event, if anything is. */
function faultOf(event: Event): string | undefined {
  const json = JSON.stringify(event);
  if (!eventNames.has(event.event)) return `an event ${json}`;
  if (UNEXPECTED.test(json)) return `says ${json}`;
  // Whoever asked with a name that is none is told so, and nobody else is named so.
  const names = ['with' in event ? event.with : undefined, 'room' in event ? event.room : undefined];
  const strange = names.some((name) => name !== undefined && !isUsername(name));
  if (strange && event.event !== 'error') return `names ${json}`;
  const rows = show(event, context).flatMap((row) => render(row, 60, palette(false)));
  return rows.every((row) => isSafe(row, false)) ? undefined : `shows ${JSON.stringify(rows)}`;
}

const TEXTS = ['hello', '', '\ud800', 'x'.repeat(5_000), '€'.repeat(22_000)];
const NUMBER = Array.from({ length: 12 }, () => '12345').join(' ');

/** A client engine on a connection in memory, whose clock stands still, with a look at everything that it says. */
export class WatchedClient {
  readonly clock = new ManualClock(NOW.getTime());
  readonly engine: Engine;
  readonly #events: Event[] = [];
  #fault: string | undefined;

  constructor(stream: Duplex, credentials: Credentials) {
    const { clock } = this;
    this.engine = new Engine({
      credentials, clock, serverName: 'localhost', suites: [x25519Suite], trust: TrustStore.inMemory(),
      dial: async () => stream, reconnectMs: 0, poolKeys: 0,
    });
    this.engine.listen((event) => {
      this.#events.push(event);
      this.#fault ??= faultOf(event);
    });
    this.engine.start();
  }

  get closed(): boolean {
    return this.#events.at(-1)?.event === 'closed';
  }

  /** What it has said, each kind once. */
  get kinds(): string[] {
    return [...new Set(this.#events.map((event) => `${event.event}${'code' in event ? ` ${event.code}` : ''}`))];
  }

  /** Something that a person may ask for. */
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
      case 9: return { do: 'trust', with: name, number: NUMBER };
      default: return { do: 'say', with: name, text: decisions.one(TEXTS) };
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
  }

  check(): void {
    if (this.#fault !== undefined) throw new Fault(this.#fault);
    check(this.#events.filter(({ event }) => event === 'closed').length === 1, 'it ends more than once');
  }
}
