import { WireError } from '../../../common/errors.js';
import type { Key } from './model/model.js';
import type { Answer } from './questions.js';

/** Which conversation was looked at. Throws WireError 'malformed'. */
export function readKey(body: string): Key {
  const given = readObject(body);
  const kind = given.get('kind');
  const name = given.get('name');
  if ((kind === 'chat' || kind === 'room') && typeof name === 'string') return { kind, name };
  throw new WireError('malformed', 'This names no conversation.');
}

/** What was typed where a passphrase or password was asked for. Throws WireError 'malformed'. */
export function readAnswer(body: string): Answer {
  const given = readObject(body);
  const kind = given.get('kind');
  const secret = given.get('secret');
  if ((kind === 'passphrase' || kind === 'password') && typeof secret === 'string') return { kind, secret };
  throw new WireError('malformed', 'This is no answer.');
}

function readObject(body: string): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(body) as object));
  } catch {
    throw new WireError('malformed', 'This is not JSON.');
  }
}
