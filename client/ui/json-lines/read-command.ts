import { WireError } from '../../../common/errors.js';
import type { ChatCommand, Command } from '../../engine/protocol.js';
import type { RoomCommand } from '../../engine/room-protocol.js';

/** The strings that each command has; a question mark says that it may be left out. */
const fields: Readonly<Record<ChatCommand['do'], readonly string[]>> = {
  list: ['prefix?'],
  chat: ['with'],
  cancel: ['with'],
  accept: ['with'],
  refuse: ['with'],
  leave: ['with'],
  verify: ['with'],
  compared: ['with'],
  sign: ['with'],
  decline: ['with'],
  say: ['with', 'text', 'id?'],
  trust: ['with', 'number'],
  certificate: ['with'],
  exit: [],
};

/** The same of those in rooms. What is in both tables goes to a user, or to a room, by which of the two it names. */
const roomFields: Readonly<Record<RoomCommand['do'], readonly string[]>> = {
  join: ['room'],
  invite: ['room', 'with'],
  members: ['room'],
  remove: ['room', 'with'],
  admin: ['room', 'with'],
  say: ['room', 'text', 'id?'],
  leave: ['room'],
};

const names = [...new Set([...Object.keys(fields), ...Object.keys(roomFields)])];

/** Ids come back in events; one is a name, not a text. */
const ID_MAX = 128;

const malformed = (why: string): WireError => new WireError('malformed', why);

/** Reads one line. Throws WireError 'malformed' with a sentence that says what is missing. */
export function readCommand(line: string): Command {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw malformed('This line is not JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw malformed('This line is not a JSON object.');
  }
  const given = new Map(Object.entries(parsed));
  const name = given.get('do');
  if (typeof name !== 'string' || !names.includes(name)) throw malformed(`"do" has to be one of ${names.join(', ')}.`);
  const command: Record<string, string> = { do: name };
  for (const field of fieldsOf(name, given)) {
    const key = field.replace('?', '');
    const value = given.get(key);
    if (value === undefined && field.endsWith('?')) continue;
    if (typeof value !== 'string') throw malformed(`"${name}" needs "${key}", a string.`);
    if (key === 'id' && value.length > ID_MAX) throw malformed(`"id" has at most ${ID_MAX} characters.`);
    command[key] = value;
  }
  return command as unknown as Command;
}

function fieldsOf(name: string, given: ReadonlyMap<string, unknown>): readonly string[] {
  const ofChat = Object.hasOwn(fields, name) ? fields[name as ChatCommand['do']] : undefined;
  const ofRoom = Object.hasOwn(roomFields, name) ? roomFields[name as RoomCommand['do']] : undefined;
  if (!ofChat || !ofRoom) return (ofChat ?? ofRoom)!;
  // Words for a room are not for one of its members alone, nor the other way round.
  if (given.has('with') && given.has('room')) throw malformed(`"${name}" has "with" or "room", not both.`);
  if (!given.has('with') && !given.has('room')) throw malformed(`"${name}" needs "with", or "room", a string.`);
  return given.has('room') ? ofRoom : ofChat;
}
