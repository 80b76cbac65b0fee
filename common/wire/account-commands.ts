import { type Codec, mapped, rest, struct, text, u8, vec8 } from '../bytes/codec.js';
import { WireError } from '../errors.js';
import { serverCommands } from './commands.js';
import { EMAIL_BYTES_MAX, isEmail } from './email.js';
import { PASSWORD_BYTES_MAX } from './limits.js';
import { username } from './username.js';

/** What is said before anybody is logged in, docs/PROTOCOL.md part 12: a record of one cell each, with one message. */

export const passQuestion = struct('pass', { nothing: rest('pass', { max: 0 }) });
export const passAnswer = struct('pass', {
  /** UTF-8; bytes, so that they can be wiped. */
  password: vec8('password', { min: 1, max: PASSWORD_BYTES_MAX }),
});

export const registrationQuestion = struct('regi', { invited: u8('invitation needed', { max: 1 }) });

const checked = (codec: Codec<string>, fits: (value: string) => boolean): Codec<string> =>
  mapped(codec, (value: string) => value, (value) => {
    if (value !== '' && !fits(value)) throw new WireError('malformed', `${codec.field}: not allowed`);
    return value;
  });

export const registrationRequest = struct('regi', {
  username: username('username'),
  /** Empty where none is needed. */
  invitation: checked(text(vec8('invitation', { max: 32 })), (value) => /^[\x21-\x7e]+$/.test(value)),
  /** Empty: none is given. */
  email: checked(text(vec8('e-mail', { max: EMAIL_BYTES_MAX })), isEmail),
  /** UTF-8; empty: the key alone will do. */
  password: vec8('password', { max: PASSWORD_BYTES_MAX }),
});

export const registered = struct('regd', { nothing: rest('regd', { max: 0 }) });

/** What a server says in the place of, or before, `welc`. */
export const serverAtTheDoor = {
  pass: passQuestion,
  erro: serverCommands.erro,
  exit: serverCommands.exit,
  welc: serverCommands.welc,
} as const;

export const clientAtTheDoor = { pass: passAnswer } as const;

/** Registration: what each side says. */
export const serverAtTheDesk = {
  regi: registrationQuestion,
  regd: registered,
  erro: serverCommands.erro,
  exit: serverCommands.exit,
} as const;

export const clientAtTheDesk = { regi: registrationRequest } as const;
