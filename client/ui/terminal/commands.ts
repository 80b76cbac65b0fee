/** What a person can ask for. Parsing, completion and the help all come from this table. */
export type CommandName =
  | 'list' | 'chat' | 'accept' | 'refuse' | 'cancel' | 'switch' | 'back' | 'leave' | 'verify' | 'compared'
  | 'trust' | 'help' | 'quit';

/** Whose names fit behind a command. */
export type NameKind = 'users' | 'requests' | 'calls' | 'chats' | 'peers' | 'changed';

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
    help: 'bring the chat with bob to the front',
  },
  back: {
    plain: ['back'], slash: ['back'],
    help: 'the server prompt; chats stay open',
  },
  leave: {
    plain: [], slash: ['exit', 'leave'],
    help: 'end the chat in front',
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
  help: {
    plain: ['helpx', 'help'], slash: ['help', 'helpx'],
    help: 'this page',
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
