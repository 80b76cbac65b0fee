import { commandNames, commands } from './commands.js';
import { line, type Row } from './row.js';

const PLAIN = 24;
const SLASH = 16;
/** On narrower terminals each command takes two rows. */
const TABLE_COLUMNS = 79;

/** The whole help; one screen of 80 by 24. */
export function help(columns: number): Row[] {
  return [
    ...(columns >= TABLE_COLUMNS ? wide() : narrow()),
    line('In a chat, what you type goes to the peer; // sends a text that begins with /.'),
    line('Pasted lines are one text; ⏎ shows where they break. Tab completes.'),
    line('+2 in the prompt: texts unread in other chats. ?1: requests to answer.'),
    line('Ctrl-C clears the line; twice, it quits. Ctrl-D ends the chat in front.'),
  ];
}

function wide(): Row[] {
  return [
    line('', 'plain', `${'At the server prompt'.padEnd(PLAIN)}${'Everywhere'.padEnd(SLASH)}`),
    ...commandNames.map((name) => {
      const { help } = commands[name];
      return line(`${plainForms(name).padEnd(PLAIN)}${slashForm(name).padEnd(SLASH)}${help}`);
    }),
  ];
}

function narrow(): Row[] {
  return commandNames.flatMap((name) => [
    line('', 'plain', [slashForm(name), plainForms(name)].filter((form) => form !== '').join(', ')),
    line(commands[name].help, 'plain', '  '),
  ]);
}

function plainForms(name: keyof typeof commands): string {
  const { plain, compact, argument } = commands[name];
  if (name === 'list') return 'listx, list al';
  const spaced = plain[0] === undefined ? '' : [plain[0], argument?.shown].filter(Boolean).join(' ');
  return compact ? `${compact}${argument!.shown}, ${spaced}` : spaced;
}

function slashForm(name: keyof typeof commands): string {
  const { slash, argument } = commands[name];
  return [`/${slash[0]}`, argument?.shown].filter(Boolean).join(' ');
}
