import { type Codec, decode } from '../../common/bytes/codec.js';
import { WireError } from '../../common/errors.js';
import { type ClientCommand, clientCommands, CONVERSATION, type Handlers } from '../../common/wire/commands.js';
import type { Endpoint } from './endpoint.js';
import type { Switchboard } from './switchboard.js';

/** A handler for every command of a client. That of `frwd` gets the payload as it came, which is handed on so. */
export type Routes = Omit<Handlers<typeof clientCommands>, 'frwd'> & { readonly frwd: (payload: Buffer) => void };

/** What concerns the connection itself and not the switchboard. */
export interface Line {
  ping(data: Buffer): void;
  /** Throws WireError 'malformed' where it answers no ping. */
  pong(data: Buffer): void;
  exit(): void;
}

export function routes(user: Endpoint, line: Line, switchboard: Switchboard): Routes {
  return {
    chat: ({ username }) => switchboard.call(user, username),
    cach: ({ username }) => switchboard.cancel(user, username),
    acpt: ({ username }) => switchboard.accept(user, username),
    refu: ({ username }) => switchboard.refuse(user, username),
    frwd: (payload) => switchboard.forward(user, payload.toString('hex', 0, CONVERSATION), payload),
    exch: ({ conversation }) => switchboard.leave(user, conversation),
    list: ({ prefix, after }) => switchboard.list(user, prefix, after),
    cert: ({ names }) => switchboard.certificates(user, names),
    join: (payload) => switchboard.rooms.join(user, payload),
    part: (payload) => switchboard.rooms.part(user, payload),
    chng: (payload) => switchboard.rooms.change(user, payload),
    room: (payload) => switchboard.rooms.say(user, payload),
    each: (payload) => switchboard.rooms.each(user, payload),
    ping: ({ data }) => line.ping(data),
    pong: ({ data }) => line.pong(data),
    exit: () => line.exit(),
  };
}

/** Throws WireError 'malformed' for a payload that the table of docs/PROTOCOL.md part 4 does not allow. */
export function dispatch(to: Routes, command: ClientCommand, payload: Buffer): void {
  if (command === 'frwd') {
    if (payload.length <= CONVERSATION) throw new WireError('malformed', `frwd: ${payload.length} bytes`);
    to.frwd(payload);
  } else {
    to[command](decode<unknown>(clientCommands[command] as Codec<unknown>, payload) as never);
  }
}
