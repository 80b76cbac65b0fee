import { CELL, handshakeCell, M1, readHandshakeCell, refusalIn } from './cells.js';
import { vec8 } from './bytes.js';
import { Initiator, loginT0 } from './exchange.js';
import type { Faults } from './faults.js';
import { Line, type Target } from './line.js';
import type { Person } from './primitives.js';
import { message, Session } from './session.js';

const R3 = 4;

export interface Request {
  readonly name?: string | Buffer;
  readonly invitation?: string | Buffer;
  readonly email?: string | Buffer;
  readonly password?: string | Buffer;
}

/** Registration (docs/PROTOCOL.md part 12) up to `regi` of the server, or the code of the refusal. */
export async function atTheDesk(
  target: Target, person: Person, { spki = person.spki, faults = {}, from }: {
    readonly spki?: Buffer; readonly faults?: Faults; readonly from?: string;
  } = {},
): Promise<Session | number> {
  const line = await Line.to(target, from);
  const initiator = new Initiator('', { t0: loginT0, person, faults });
  line.write(handshakeCell(M1, initiator.body1));
  const second = (await line.read(CELL, 20_000))!;
  const refused = refusalIn(second);
  if (refused !== undefined) return refused;
  const { body3, agreed } = initiator.register(readHandshakeCell(second).body, spki);
  line.write(handshakeCell(R3, body3));
  const fourth = (await line.read(CELL, 20_000))!;
  const code = refusalIn(fourth);
  if (code !== undefined) return code;
  line.putBack(fourth);
  return new Session(line, '', { send: agreed.toResponder, receive: agreed.toInitiator });
}

/** What a client asks for, right or not. */
export const regi = ({ name = 'alice', invitation = '', email = '', password = '' }: Request) =>
  message('regi', Buffer.concat([vec8(name), vec8(invitation), vec8(email), vec8(password)]));
