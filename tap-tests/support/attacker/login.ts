import { CELL, handshakeCell, M1, M2, M3, readHandshakeCell, refusalIn } from './cells.js';
import { type Agreed, Initiator, loginT0 } from './exchange.js';
import type { Faults } from './faults.js';
import { Line, type Target } from './line.js';
import type { Person } from './primitives.js';
import { Session } from './session.js';

export interface LoginOptions {
  readonly person: Person;
  readonly certificates?: readonly Buffer[];
  readonly suites?: readonly number[];
  readonly faults?: Faults;
  /** The server's key, where one cares whose M2 it is. */
  readonly server?: Buffer;
  readonly from?: string;
}

/** How a login ended. */
export type Outcome =
  | { readonly is: 'logged in'; readonly session: Session; readonly agreed: Agreed; readonly line: Line }
  | { readonly is: 'refused'; readonly code: number; readonly line: Line }
  | { readonly is: 'closed'; readonly line: Line };

/** M1 to M3 as the faults will have it, on a connection of its own. */
export async function tryLogin(target: Target, username: string, options: LoginOptions): Promise<Outcome> {
  return loginOn(await Line.to(target, options.from), username, options);
}

export async function loginOn(line: Line, username: string, options: LoginOptions): Promise<Outcome> {
  const { person, certificates = [], suites, faults = {}, server } = options;
  const initiator = new Initiator(username, { t0: loginT0, person, certificates, faults }, suites);
  const leave = (which: 1 | 3, cell: Buffer) => line.write(faults.cell?.(which, cell) ?? cell);

  leave(1, handshakeCell(M1, initiator.body1));
  const second = await next(line);
  if (!Buffer.isBuffer(second)) return second;
  const { type, body } = readHandshakeCell(second);
  if (type !== M2) throw new Error(`a cell of type ${type} in the place of M2`);
  const { body3, agreed } = initiator.answer(body, server);
  leave(3, handshakeCell(M3, body3));

  const fourth = await next(line, true);
  if (!Buffer.isBuffer(fourth)) return fourth;
  const session = new Session(line, username, { send: agreed.toResponder, receive: agreed.toInitiator });
  return { is: 'logged in', session, agreed, line };
}

/** The next cell, or how it ended there. A cell that is only looked at stays where it is. */
async function next(line: Line, look = false): Promise<Buffer | Outcome> {
  const cell = await line.read(CELL, 20_000);
  if (!cell) return { is: 'closed', line };
  const code = refusalIn(cell);
  if (code !== undefined) {
    line.socket.destroy();
    return { is: 'refused', code, line };
  }
  if (look) line.putBack(cell);
  return cell;
}

/** An honest login; throws where the server does not let one in. The `welc` has been heard. */
export async function login(target: Target, username: string, options: LoginOptions): Promise<Session> {
  const outcome = await tryLogin(target, username, options);
  if (outcome.is !== 'logged in') throw new Error(`${username}: ${outcome.is === 'refused' ? `refused with ${outcome.code}` : 'closed'}`);
  await outcome.session.expect('welc');
  return outcome.session;
}
