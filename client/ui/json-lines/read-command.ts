import { WireError } from '../../../common/errors.js';
import type { Command } from '../../engine/protocol.js';

/** The strings that each command has; a question mark says that it may be left out. */
const fields: Readonly<Record<Command['do'], readonly string[]>> = {
  list: ['prefix?'],
  chat: ['with'],
  cancel: ['with'],
  accept: ['with'],
  refuse: ['with'],
  leave: ['with'],
  verify: ['with'],
  compared: ['with'],
  say: ['with', 'text', 'id?'],
  trust: ['with', 'number'],
  exit: [],
};

/** Ids come back in events; one is a name, not a text. */
const ID_MAX = 128;

/** Reads one line. Throws WireError 'malformed' with a sentence that says what is missing. */
export function readCommand(line: string): Command {
  const malformed = (why: string) => new WireError('malformed', why);
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw malformed('This line is not JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw malformed('This line is not a JSON object.');
  const given = new Map(Object.entries(parsed));
  const name = given.get('do');
  if (typeof name !== 'string' || !Object.hasOwn(fields, name)) {
    throw malformed(`"do" has to be one of ${Object.keys(fields).join(', ')}.`);
  }
  const command: Record<string, string> = { do: name };
  for (const field of fields[name as Command['do']]) {
    const key = field.replace('?', '');
    const value = given.get(key);
    if (value === undefined && field.endsWith('?')) continue;
    if (typeof value !== 'string') throw malformed(`"${name}" needs "${key}", a string.`);
    if (key === 'id' && value.length > ID_MAX) throw malformed(`"id" has at most ${ID_MAX} characters.`);
    command[key] = value;
  }
  return command as unknown as Command;
}
