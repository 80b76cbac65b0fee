import type { ChatEvent } from '../../engine/protocol.js';
import { aside, detail, notice, problem, type Row } from './row.js';
import { dayFrom } from './time.js';

type Ready = ChatEvent & { readonly event: 'ready' };
type Didactic = ChatEvent & { readonly event: 'didactic' };

/** The first login: who I am, and who the server is. */
export function connected(now: Date, { user, fingerprint, server, suite }: Ready): Row[] {
  return [
    notice(now, `You are ${user}, logged in to ${server.name}.`, 'strong'),
    detail('your key', grouped(fingerprint)),
    aside(`The server is verified by the authority "${server.issuer}":`, 'good'),
    detail('subject', server.subject),
    detail('issuer', server.issuer),
    detail('valid', `${dayFrom(server.validFrom)} to ${dayFrom(server.validTo)}`),
    detail('key', grouped(server.fingerprint)),
    detail('suite', suite),
    aside('helpx shows what you can do.'),
  ];
}

export function connectedAgain(now: Date, { user, server }: Ready): Row[] {
  return [notice(now, `Connected again, as ${user}; the server is verified by "${server.issuer}".`, 'good')];
}

/** The secrets of a login, for those who want to see how it works. */
export function didactic(now: Date, { ephemeralKey, secret }: Didactic): Row[] {
  return [
    problem(now, 'DIDACTIC MODE: anyone who sees the following can read this session\'s outer layer: ' +
      'your commands, and with whom you chat. Not for a session that matters.', 'alarm'),
    detail('ephemeral', ephemeralKey),
    detail('secret', secret),
  ];
}

/** Hexadecimal in groups of four, to be read aloud. */
export function grouped(digits: string): string {
  return digits.match(/.{1,4}/gsu)?.join(' ') ?? '';
}
