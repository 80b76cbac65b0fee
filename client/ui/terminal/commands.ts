/** What a person can ask for. Parsing, completion and the help all come from this table. */
export type CommandName = ChatCommandName | RoomCommandName;
export type ChatCommandName =
  | 'list' | 'chat' | 'accept' | 'refuse' | 'cancel' | 'switch' | 'back' | 'leave' | 'verify' | 'compared'
  | 'trust' | 'cert' | 'sign' | 'decline' | 'help' | 'quit';
export type RoomCommandName = 'join' | 'invite' | 'members' | 'remove' | 'admin';

/** Whose names fit behind a command. */
export type NameKind =
  | 'users' | 'requests' | 'calls' | 'peers' | 'changed' | 'topics'
  /** Open ones, rooms too. */
  | 'chats'
  /** Rooms to enter; rooms one is in; who is in the room in front. */
  | 'rooms' | 'open' | 'members';

/** Further pages of the help. */
export const topics = ['rooms', 'signing'] as const;
export type Topic = (typeof topics)[number];

export interface CommandRow {
  /** At the server prompt, as whole words; the first is the one that is shown. */
  readonly plain: readonly string[];
  /** Behind a slash, in a chat and at the server prompt; the first is the one that is shown. */
  readonly slash: readonly string[];
  /** At the server prompt, with the name directly behind it: `chatbob`. */
  readonly compact?: string;
  /** What may come behind it, as the help shows it; none: nothing. */
  readonly argument?: { readonly shown: string; readonly names: NameKind };
  readonly help: string;
  /** In the help about that, and not on the first page. */
  readonly topic?: Topic;
}

export const commands: Readonly<Record<CommandName, CommandRow>> = {
  list: {
    plain: ['listx', 'list'], slash: ['list', 'listx'], argument: { shown: '[al]', names: 'users' },
    help: 'who is online, all or from "al" on',
  },
  chat: {
    plain: ['chat'], slash: ['chat'], compact: 'chat', argument: { shown: 'bob', names: 'users' },
    help: 'ask bob for a chat',
  },
  accept: {
    plain: ['acpt', 'accept'], slash: ['accept', 'acpt'], compact: 'acpt',
    argument: { shown: 'alice', names: 'requests' },
    help: 'begin the chat that alice asks for',
  },
  refuse: {
    plain: ['refu', 'refuse'], slash: ['refuse', 'refu'], compact: 'refu',
    argument: { shown: 'alice', names: 'requests' },
    help: 'do not',
  },
  cancel: {
    plain: ['cach', 'cancel'], slash: ['cancel', 'cach'], compact: 'cach',
    argument: { shown: 'bob', names: 'calls' },
    help: 'withdraw your own request to bob',
  },
  switch: {
    plain: ['switch'], slash: ['switch'], argument: { shown: '[bob]', names: 'chats' },
    help: 'bring that chat, or room, to the front',
  },
  back: {
    plain: ['back'], slash: ['back'],
    help: 'the server prompt; all stays open',
  },
  leave: {
    plain: [], slash: ['exit', 'leave'],
    help: 'end the chat in front; leave the room',
  },
  verify: {
    plain: ['verify'], slash: ['verify'], argument: { shown: '[bob]', names: 'peers' },
    help: 'the safety number, to compare with bob',
  },
  compared: {
    plain: ['compared'], slash: ['compared'], argument: { shown: '[bob]', names: 'peers' },
    help: 'it is the same on both sides',
  },
  trust: {
    plain: ['trust'], slash: ['trust'], argument: { shown: 'bob', names: 'changed' },
    help: 'approve a key of bob that has changed',
  },
  cert: {
    plain: ['cert'], slash: ['cert', 'certificate'], argument: { shown: 'bob', names: 'users' },
    help: 'the key of bob, before you call',
  },
  sign: {
    plain: [], slash: ['sign'], argument: { shown: '[bob]', names: 'chats' }, topic: 'signing',
    help: 'propose to sign, or agree to it',
  },
  decline: {
    plain: [], slash: ['decline'], argument: { shown: '[bob]', names: 'chats' }, topic: 'signing',
    help: 'do not agree',
  },
  join: {
    plain: ['join'], slash: ['join'], argument: { shown: 'kitchen', names: 'rooms' },
    help: 'enter a room, or make it',
  },
  invite: {
    plain: [], slash: ['invite'], argument: { shown: 'bob', names: 'users' }, topic: 'rooms',
    help: 'take bob into the room in front',
  },
  members: {
    plain: [], slash: ['members'], argument: { shown: '[name]', names: 'open' }, topic: 'rooms',
    help: 'who is in it',
  },
  remove: {
    plain: [], slash: ['remove'], argument: { shown: 'bob', names: 'members' }, topic: 'rooms',
    help: 'take bob out of it, as an admin',
  },
  admin: {
    plain: [], slash: ['admin'], argument: { shown: 'bob', names: 'members' }, topic: 'rooms',
    help: 'make bob an admin too',
  },
  help: {
    plain: ['helpx', 'help'], slash: ['help', 'helpx'], argument: { shown: '[page]', names: 'topics' },
    help: 'this page; pages: rooms, signing',
  },
  quit: {
    plain: ['exitx', 'exit', 'quit'], slash: ['quit'],
    help: 'end all chats and the program',
  },
};

export const commandNames = Object.keys(commands) as CommandName[];

/** The command that a whole word stands for. */
export function commandOf(word: string, how: 'plain' | 'slash'): CommandName | undefined {
  return commandNames.find((name) => commands[name][how].includes(word));
}
