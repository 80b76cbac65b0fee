import { rest, struct, vec8 } from '../bytes/codec.js';
import { serverCommands } from './commands.js';
import { PASSWORD_BYTES_MAX } from './limits.js';

/** What is said before anybody is logged in, docs/PROTOCOL.md part 12: a record of one cell each, with one message. */

export const passQuestion = struct('pass', { nothing: rest('pass', { max: 0 }) });
export const passAnswer = struct('pass', {
  /** UTF-8; bytes, so that they can be wiped. */
  password: vec8('password', { min: 1, max: PASSWORD_BYTES_MAX }),
});

/** What a server says in the place of, or before, `welc`. */
export const serverAtTheDoor = {
  pass: passQuestion,
  erro: serverCommands.erro,
  exit: serverCommands.exit,
  welc: serverCommands.welc,
} as const;

export const clientAtTheDoor = { pass: passAnswer } as const;
