import { type CommandName, commandNames, commands, type Topic } from './commands.js';
import { line, type Row } from './row.js';

const PLAIN = 24;
const SLASH = 16;
/** On narrower terminals each command takes two rows. */
const TABLE_COLUMNS = 79;

/** The pages of the help; each is one screen of 80 by 24. */
export function help(columns: number, topic?: Topic): Row[] {
  const table = columns >= TABLE_COLUMNS ? wide : narrow;
  const names = commandNames.filter((name) => commands[name].topic === topic);
  if (topic === undefined) return [...table(names), ...about];
  if (topic === 'signing') return [...table(names), ...aboutSigning];
  return [...table(['join', ...names, 'leave', 'switch']), ...aboutRooms];
}

const about: readonly Row[] = [
  line('In a chat, what you type goes to the peer; // sends a text that begins with /.'),
  line('Pasted lines are one text; ⏎ shows where they break. Tab completes.'),
  line('+2 in the prompt: texts unread in other chats. ?1: requests to answer.'),
  line('Ctrl-C clears the line; twice, it quits. Ctrl-D ends the chat in front.'),
];

const aboutRooms: readonly Row[] = [
  line('Who makes a room is its first admin. Every member may invite; what you type in'),
  line('a room goes to all who have its keys. A room that is not in front is named'),
  line('behind the name: /invite bob kitchen. /switch #kitchen where a user, with whom'),
  line('you chat, is called kitchen too. /verify, /compared, /trust and /cert take a'),
  line('name in a room. Who leaves comes back when invited again; /back and Ctrl-D lead'),
  line('to the server prompt and leave nothing.'),
];

const aboutSigning: readonly Row[] = [
  line('A chat is not signed: nobody can prove to others who said what in it. Where'),
  line('both agree, it is signed from then on, until it ends. Each keeps a transcript,'),
  line('and whoever gets one can check it: node client verify FILE. The prompt says'),
  line('"signed", and a word before a text says where that changes. What you say while'),
  line('the other is asked waits for the answer.'),
];

function wide(names: readonly CommandName[]): Row[] {
  return [
    line('', 'plain', `${'At the server prompt'.padEnd(PLAIN)}${'Everywhere'.padEnd(SLASH)}`),
    ...names.map((name) => {
      const { help } = commands[name];
      return line(`${plainForms(name).padEnd(PLAIN)}${slashForm(name).padEnd(SLASH)}${help}`);
    }),
  ];
}

function narrow(names: readonly CommandName[]): Row[] {
  return names.flatMap((name) => [
    line('', 'plain', [slashForm(name), plainForms(name)].filter((form) => form !== '').join(', ')),
    line(commands[name].help, 'plain', '  '),
  ]);
}

function plainForms(name: CommandName): string {
  const { plain, compact, argument } = commands[name];
  if (name === 'list') return 'listx, list al';
  const spaced = plain[0] === undefined ? '' : [plain[0], argument?.shown].filter(Boolean).join(' ');
  return compact ? `${compact}${argument!.shown}, ${spaced}` : spaced;
}

function slashForm(name: CommandName): string {
  const { slash, argument } = commands[name];
  return [`/${slash[0]}`, argument?.shown].filter(Boolean).join(' ');
}
