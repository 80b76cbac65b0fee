import { type Codec, decode } from '../../common/bytes/codec.js';
import { WireError } from '../../common/errors.js';
import { type ClientCommand, clientCommands, type ClientPayload, CONVERSATION } from '../../common/wire/commands.js';
import type { Endpoint } from './endpoint.js';
import type { Switchboard } from './switchboard.js';

/** A user, and what concerns the connection itself and not the switchboard. */
export interface Line extends Endpoint {
  ping(data: Buffer): void;
  /** Throws WireError 'malformed' where it answers no ping. */
  pong(data: Buffer): void;
  exit(): void;
}

/** `frwd` is handed on as it came. */
type Decoded = Exclude<ClientCommand, 'frwd'>;

type Routes = { readonly [C in Decoded]: (to: Switchboard, by: Line, payload: ClientPayload<C>) => void };

/** One table for all lines: one for each would be a fifth of what a session that says nothing keeps in memory. */
const routes: Routes = {
  chat: (to, by, { username }) => to.call(by, username),
  cach: (to, by, { username }) => to.cancel(by, username),
  acpt: (to, by, { username }) => to.accept(by, username),
  refu: (to, by, { username }) => to.refuse(by, username),
  exch: (to, by, { conversation }) => to.leave(by, conversation),
  list: (to, by, { prefix, after }) => to.list(by, prefix, after),
  cert: (to, by, { names }) => to.certificates(by, names),
  join: (to, by, payload) => to.rooms.join(by, payload),
  part: (to, by, payload) => to.rooms.part(by, payload),
  chng: (to, by, payload) => to.rooms.change(by, payload),
  room: (to, by, payload) => to.rooms.say(by, payload),
  each: (to, by, payload) => to.rooms.each(by, payload),
  ping: (_, by, { data }) => by.ping(data),
  pong: (_, by, { data }) => by.pong(data),
  exit: (_, by) => by.exit(),
};

/** Throws WireError 'malformed' for a payload that the table of docs/PROTOCOL.md part 4 does not allow. */
export function dispatch(to: Switchboard, by: Line, command: ClientCommand, payload: Buffer): void {
  if (command === 'frwd') {
    if (payload.length <= CONVERSATION) throw new WireError('malformed', `frwd: ${payload.length} bytes`);
    to.forward(by, payload.toString('hex', 0, CONVERSATION), payload);
  } else {
    routes[command](to, by, decode<unknown>(clientCommands[command] as Codec<unknown>, payload) as never);
  }
}
