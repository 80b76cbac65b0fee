import { isUsername } from '../../common/wire/username.js';
import { CONVERSATION, type ErrorName, errorCodes } from '../../common/wire/commands.js';
import { clientRooms } from '../../common/wire/room-commands.js';
import type { CommandErrorCode } from './protocol.js';

/** `erro` (docs/PROTOCOL.md part 4) as a person reads it. The relay's own text is not shown: it is not of this program. */
const sentences: Readonly<Record<Exclude<ErrorName, Closing | OfRooms | OfAccounts>, { code: CommandErrorCode; text: (name: string) => string }>> = {
  notOnline: { code: 'not-online', text: (name) => `${name} is not online.` },
  oneself: { code: 'oneself', text: () => 'That is you.' },
  exists: { code: 'exists', text: (name) => `There is a call or a chat with ${name} already.` },
  callingYou: { code: 'calling-you', text: (name) => `${name} is calling you: accept, or refuse.` },
  noRequest: { code: 'no-request', text: (name) => `There is no request of ${name}.` },
  noConversation: { code: 'no-conversation', text: (name) => `There is no chat with ${name}.` },
  noAnswer: { code: 'no-answer', text: (name) => `${name} does not answer.` },
  limit: { code: 'limit', text: (name) => `The relay allows no further call to ${name} now: after a refusal, wait half a minute; else end another call or chat first.` },
};

type Closing = 'idle' | 'silence' | 'flood' | 'malformed' | 'closing' | 'revoked';

/** These come before anybody is logged in (docs/PROTOCOL.md part 12). */
type OfAccounts = 'nameTaken' | 'badInvitation' | 'wrongPassword';

/** What the rooms say of these themselves. */
type OfRooms = 'noRoom' | 'notAMember' | 'notTheHead';

/** After these the server closes the connection. */
const closings: Readonly<Record<Closing, string>> = {
  idle: 'The server closed the connection, since nothing was done for a long time.',
  silence: 'The server closed the connection, since it heard nothing from here.',
  flood: 'The server closed the connection, since too much was sent.',
  malformed: 'The server closed the connection, since it did not understand what was sent.',
  closing: 'The server is closing.',
  revoked: 'The server does not accept this name with this key any more. Ask its administrator.',
};

const nameOf = (code: number): ErrorName | undefined =>
  (Object.keys(errorCodes) as ErrorName[]).find((name) => errorCodes[name] === code);

export function sentenceFor(code: number, username: string): { code: CommandErrorCode; text: string } | undefined {
  const name = nameOf(code);
  if (!name || !Object.hasOwn(sentences, name)) return undefined;
  const sentence = sentences[name as keyof typeof sentences];
  return { code: sentence.code, text: sentence.text(username) };
}

export function closingText(code: number): string | undefined {
  const name = nameOf(code);
  return name && Object.hasOwn(closings, name) ? closings[name as Closing] : undefined;
}

const ROOM_COMMANDS: readonly string[] = Object.keys(clientRooms);

/** What an `erro` is about: the command's four letters, with its username, its conversation or its room. */
export function readAbout(
  about: Buffer,
): { command: string; username?: string; conversation?: string; room?: string } {
  const command = about.toString('latin1', 0, 4);
  const rest = about.subarray(4);
  if (command === 'frwd' || command === 'exch') {
    return rest.length === CONVERSATION ? { command, conversation: rest.toString('hex') } : { command };
  }
  const username = rest.toString('latin1');
  if (!isUsername(username)) return { command };
  return ROOM_COMMANDS.includes(command) ? { command, room: username } : { command, username };
}

/** A command that cannot be done now. */
export class CommandError extends Error {
  constructor(readonly code: 'oneself' | 'exists' | 'no-conversation' | 'not-logged-in' | 'queue-full', message: string) {
    super(message);
  }
}

export const noChat = (peer: string) => new CommandError('no-conversation', `There is no chat with ${peer}.`);
