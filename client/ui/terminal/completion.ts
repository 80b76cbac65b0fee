import { type CommandName, commandNames, commandOf, commands, type NameKind } from './commands.js';
import type { Where } from './parse.js';

/** The names that are known, by what can be done with them. */
export type Names = Readonly<Record<NameKind, readonly string[]>>;

/**
 * What the line can become, and the part of it that is completed, as readline wants it.
 * @param line up to the cursor
 */
export function complete(line: string, where: Where, names: Names): [string[], string] {
  const slash = line.startsWith('/') && !line.startsWith('//');
  if (!slash && where !== 'server') return [[], line];
  const typed = slash ? line.slice(1) : line;
  const [word = '', part, ...more] = typed.split(/\s+/);
  if (more.length > 0) return [[], line];
  if (part === undefined) {
    const hits = slash ? words('slash').map((known) => `/${known}`) : [...words('plain'), ...joined(names)];
    return [beginning(hits, line), line];
  }
  const command = commandOf(word, slash ? 'slash' : 'plain');
  return [command ? beginning(namesFor(command, names), part) : [], part];
}

/** Each command once, under its shown name, and with a space where something comes behind it. */
function words(how: 'plain' | 'slash'): string[] {
  return commandNames.flatMap((name) => {
    const word = commands[name][how][0];
    if (word === undefined) return [];
    return [commands[name].argument && !word.endsWith('x') ? `${word} ` : word];
  });
}

/** `chatbob`, of the names that fit. */
function joined(names: Names): string[] {
  return commandNames.flatMap((name) => {
    const { compact } = commands[name];
    return compact ? namesFor(name, names).map((known) => compact + known) : [];
  });
}

function namesFor(command: CommandName, names: Names): readonly string[] {
  const { argument } = commands[command];
  return argument ? names[argument.names] : [];
}

function beginning(all: readonly string[], part: string): string[] {
  return [...new Set(all)].filter((one) => one.startsWith(part)).sort();
}
