import { isUsername } from '../../../common/wire/username.js';
import { type CommandName, commandNames, commandOf, commands } from './commands.js';
import { closest } from './suggest.js';

/** What is in front: it decides whether a line is a command or words for somebody. */
export type Where = 'server' | 'chat' | 'ended';

export type Parsed =
  | { readonly is: 'nothing' }
  | { readonly is: 'command'; readonly command: CommandName; readonly argument: string }
  | { readonly is: 'text'; readonly text: string }
  /** No command, and not sent. */
  | {
    readonly is: 'unknown'; readonly word: string; readonly slash: boolean;
    readonly suggestion: string | undefined;
  }
  /** A command with more behind it than it takes. */
  | { readonly is: 'surplus'; readonly word: string };

/**
 * Reads a line. At the server prompt it is a command, with or without a slash; in a chat it is text, unless
 * it begins with a slash (two slashes: text that begins with one). Where a chat has ended, a line that looks
 * like a command may have been meant for the peer: only the unmistakable ones count.
 * @param known names, for `chatbob` where a chat has ended
 */
export function parse(line: string, where: Where, known: readonly string[] = []): Parsed {
  if (line.trim() === '') return { is: 'nothing' };
  if (where !== 'server' && line.startsWith('//')) return { is: 'text', text: line.slice(1) };
  if (line.startsWith('/')) return slashed(line);
  if (where === 'chat') return { is: 'text', text: line };
  if (where === 'ended') return isUnmistakable(line, known) ? plain(line) : { is: 'text', text: line };
  return plain(line.trim());
}

/** `listx`, `helpx`, `exitx`, `chatbob`: nobody writes these to a friend. (But `chatty` is none of them.) */
function isUnmistakable(line: string, known: readonly string[]): boolean {
  return commandNames.some((name) => {
    const { plain: words, compact } = commands[name];
    return words.some((word) => word.endsWith('x') && word === line)
      || (compact !== undefined && known.some((other) => line === compact + other));
  });
}

/** A command in one word, `cachbob` for instance. */
export function isOneWord(line: string): boolean {
  return !/\s/.test(line) && parse(line, 'server').is === 'command';
}

function slashed(line: string): Parsed {
  const { word, argument } = split(line.slice(1));
  const command = commandOf(word, 'slash');
  if (!command) return { is: 'unknown', word: `/${word}`, slash: true, suggestion: closest(word, 'slash') };
  return withArgument(command, `/${word}`, argument);
}

function plain(line: string): Parsed {
  const { word, argument } = split(line);
  const command = commandOf(word, 'plain');
  if (command) return withArgument(command, word, argument);
  const joined = commandNames.find((other) => word.startsWith(commands[other].compact ?? ' '));
  const name = joined ? word.slice(commands[joined].compact!.length) : '';
  return joined && argument === '' && isUsername(name)
    ? { is: 'command', command: joined, argument: name }
    : { is: 'unknown', word, slash: false, suggestion: closest(word, 'plain') };
}

function split(line: string): { word: string; argument: string } {
  const [, word = '', argument = ''] = /^(\S*)\s*([^]*)$/.exec(line) ?? [];
  return { word, argument: argument.trimEnd() };
}

function withArgument(command: CommandName, word: string, argument: string): Parsed {
  const takesNone = !commands[command].argument || word === 'listx';
  const tooMuch = (argument !== '' && takesNone) || argument.includes('\n');
  return tooMuch ? { is: 'surplus', word } : { is: 'command', command, argument };
}
