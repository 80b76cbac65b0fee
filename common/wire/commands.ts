import { type Codec, fixed, mapped, rest, struct, text, u16, u8, type Value, vec16, vec8 } from '../bytes/codec.js';
import { WireError } from '../errors.js';
import { certificates } from './bodies.js';
import {
  CELL, ERROR_TEXT_MAX, LIST_LINES_MAX, PING_BYTES_MAX, PUBLIC_KEY_BYTES_MAX, RECORD_CELLS_MAX,
} from './limits.js';
import { RECORD_HEADER } from './record.js';
import { certificateAnswer, certificateQuestion, clientRooms, serverRooms } from './room-commands.js';
import { bareUsername, isUsername, username, USERNAME_MAX, usernamePart } from './username.js';

/**
 * The commands, docs/PROTOCOL.md part 4: a table for each direction with the payload of every command. Encoders,
 * routers and tests come from these tables; a handler that is missing does not compile.
 */

/** A command's four letters and the length of its payload. */
export const MESSAGE_HEADER = 8;

/** The longest payload that a record of 16 cells holds: 65479 bytes. */
export const PAYLOAD_MAX = CELL * RECORD_CELLS_MAX - RECORD_HEADER - MESSAGE_HEADER;

export const CONVERSATION = 8;

/** A conversation's 8 bytes, as 16 hexadecimal digits wherever the program handles them. */
export const conversationId = (field: string): Codec<string> =>
  mapped(fixed(field, CONVERSATION), (id: string) => Buffer.from(id, 'hex'), (raw) => raw.toString('hex'));

const nothing = mapped(rest('payload', { max: 0 }), () => Buffer.alloc(0), () => undefined);
const conversation = struct('conversation', { conversation: conversationId('conversation') });
const ping = struct('ping', { data: rest('ping', { max: PING_BYTES_MAX }) });

/** The byte behind the conversation is there always: the kind (part 5). */
const forward = struct('frwd', {
  conversation: conversationId('conversation'),
  body: rest('body', { min: 1, max: PAYLOAD_MAX - CONVERSATION }),
});

const user = (field: string) => struct(field, { username: bareUsername(field) });

const IN_CHAT = '[IN CHAT]';

export interface ListedUser {
  readonly name: string;
  readonly inChat: boolean;
}

/** `name` or `name[IN CHAT]`, each with an LF, in byte order. */
const listed: Codec<readonly ListedUser[]> = mapped(
  rest('list', { max: LIST_LINES_MAX * (USERNAME_MAX + IN_CHAT.length + 1) }),
  (users: readonly ListedUser[]) =>
    Buffer.from(users.map(({ name, inChat }) => `${name}${inChat ? IN_CHAT : ''}\n`).join(''), 'latin1'),
  (raw) => {
    const lines = raw.toString('latin1').split('\n');
    if (lines.pop() !== '') throw new WireError('malformed', 'list: the last line has no end');
    if (lines.length > LIST_LINES_MAX) throw new WireError('malformed', `list: more than ${LIST_LINES_MAX} lines`);
    return lines.map((line, index) => {
      const inChat = line.endsWith(IN_CHAT);
      const name = inChat ? line.slice(0, -IN_CHAT.length) : line;
      if (!isUsername(name)) throw new WireError('malformed', 'list: not a username');
      if (index > 0 && name <= lines[index - 1]!.replace(IN_CHAT, '')) throw new WireError('malformed', 'list: not in order');
      return { name, inChat };
    });
  },
);

/** Codes of `erro`; 9 to 14 are followed by `exit` and the end of the connection. */
export const errorCodes = {
  notOnline: 1, oneself: 2, exists: 3, callingYou: 4, noRequest: 5, noConversation: 6, noAnswer: 7, limit: 8,
  idle: 9, silence: 10, flood: 11, malformed: 12, closing: 13, revoked: 14,
  noRoom: 15, notAMember: 16, notTheHead: 17,
  nameTaken: 18, badInvitation: 19, wrongPassword: 20,
} as const;
export type ErrorName = keyof typeof errorCodes;

/** Why a conversation ended, as `exch` says it. */
export const endReasons = { left: 0, broken: 1, didNotRead: 2, idle: 3 } as const;
export type EndReason = keyof typeof endReasons;

export const roles = { caller: 0, receiver: 1 } as const;

export const clientCommands = {
  chat: user('receiver'),
  cach: user('receiver'),
  acpt: user('caller'),
  refu: user('caller'),
  frwd: forward,
  exch: conversation,
  list: struct('list', { prefix: usernamePart('prefix'), after: usernamePart('after') }),
  cert: certificateQuestion,
  ...clientRooms,
  ping,
  pong: ping,
  exit: nothing,
} as const;

export const serverCommands = {
  welc: struct('welc', { json: text(rest('welcome', { max: 1024 })) }),
  reqt: user('caller'),
  call: user('receiver'),
  refu: user('receiver'),
  cach: user('caller'),
  pubk: struct('pubk', {
    conversation: conversationId('conversation'),
    role: u8('role', { max: 1 }),
    peer: username('peer'),
    certificates,
    spki: vec16('public key', { min: 1, max: PUBLIC_KEY_BYTES_MAX }),
  }),
  frwd: forward,
  exch: struct('exch', { conversation: conversationId('conversation'), reason: u8('reason', { max: 3 }) }),
  list: struct('list', { more: u8('more', { max: 1 }), users: listed }),
  cert: certificateAnswer,
  ...serverRooms,
  erro: struct('erro', {
    code: u16('code'),
    /** The command's four letters and its username, or its conversation's 8 bytes. */
    about: vec8('about', { max: 4 + USERNAME_MAX }),
    text: text(rest('text', { max: ERROR_TEXT_MAX })),
  }),
  ping,
  pong: ping,
  exit: nothing,
} as const;

export type CommandTable = Readonly<Record<string, Codec<any>>>;
export type ClientCommand = keyof typeof clientCommands;
export type ServerCommand = keyof typeof serverCommands;
export type Payload<T extends CommandTable, C extends keyof T> = Value<T[C]>;
export type ClientPayload<C extends ClientCommand> = Payload<typeof clientCommands, C>;
export type ServerPayload<C extends ServerCommand> = Payload<typeof serverCommands, C>;

/** A handler for every command of a table: one that is missing, or one too many, does not compile. */
export type Handlers<T extends CommandTable> = { readonly [C in keyof T]: (payload: Value<T[C]>) => void };

