import { setTimeout as sleep } from 'node:timers/promises';
import { Line } from '../../support/attacker/line.js';
import { type LoginOptions, loginOn, type Outcome } from '../../support/attacker/login.js';
import type { Session } from '../../support/attacker/session.js';
import { X25519 } from '../../support/attacker/suites.js';
import type { Field, Insider } from './attack.js';

/** Below what docs/PROTOCOL.md, part 6, allows an address (64 at once, 5 a second): others come from there too. */
const [BURST, A_SECOND] = [40, 4];
const BUSY = 5;
const ALREADY_LOGGED_IN = 4;

/** How many connections an attack may take: many addresses bring many at once, one address few. */
export const affordable = ({ addresses }: Field, wanted: number): number =>
  (addresses.length > 0 ? wanted : Math.min(wanted, 20));

interface Door {
  tokens: number;
  at: number;
}

const doors = new Map<string, Door>();
let turn = 0;

/** The next of the attacker's addresses, as soon as it may come from there. */
async function nextAddress({ addresses, target }: Field): Promise<string | undefined> {
  const from = addresses.length === 0 ? undefined : addresses[turn++ % addresses.length]!;
  const name = `${from} ${target.host} ${target.port}`;
  const door = doors.get(name) ?? { tokens: BURST, at: performance.now() };
  doors.set(name, door);
  const now = performance.now();
  door.tokens = Math.min(BURST, door.tokens + ((now - door.at) / 1_000) * A_SECOND) - 1;
  door.at = now;
  if (door.tokens < 0) await sleep((-door.tokens / A_SECOND) * 1_000);
  return from;
}

/** A connection from the next address, at a pace at which no server turns it away. */
export async function knock(field: Field): Promise<Line> {
  const line = await Line.to(field.target, await nextAddress(field));
  field.onEnd(() => void line.socket.destroy());
  return line;
}

/** A login as the faults will have it. A busy server is no answer to an attack: another door is tried. */
export async function attempt(field: Field, username: string, options: LoginOptions): Promise<Outcome> {
  for (let left = 5; ; left -= 1) {
    const outcome = await loginOn(await knock(field), username, { suites: [X25519], ...options });
    if (outcome.is !== 'refused' || outcome.code !== BUSY || left === 1) return outcome;
    await sleep(200);
  }
}

/**
 * An insider logs in honestly. The server may still hold the connection of the attack before: it is tried again for as
 * long as the protocol lets it (part 2, twice 5 s). Throws where the server does not let an honest user in.
 * @param taken is told of each connection before anything is said on it
 */
export async function enter(
  field: Field, insider: Insider, taken: (line: Line) => void = () => undefined,
): Promise<Session> {
  const { name, person, certificates } = insider;
  const options = { person, certificates, server: field.server, suites: [X25519] };
  for (const end = performance.now() + 12_000; ; ) {
    const line = await knock(field);
    taken(line);
    const outcome = await loginOn(line, name, options);
    if (outcome.is === 'logged in') {
      await outcome.session.expect('welc');
      return outcome.session;
    }
    const code = outcome.is === 'refused' ? outcome.code : 0;
    if ((code !== BUSY && code !== ALREADY_LOGGED_IN) || performance.now() > end) {
      throw new Error(`${name} cannot log in honestly: ${outcome.is} ${code}`);
    }
    await sleep(50);
  }
}

export function leave(...sessions: readonly Session[]): void {
  for (const { line } of sessions) line.socket.destroy();
}
