import yargs from 'yargs';
import { UsageError } from '../../../common/errors.js';
import { DEFAULT_KEYS } from '../../../common/files/keys-folder.js';
import { checkUsername } from '../../../common/wire/username.js';
import { attacks } from './list.js';

export interface Options {
  readonly host: string;
  readonly port: number;
  /** What the server's certificate has to be for. */
  readonly serverName: string;
  readonly elsewhere: boolean;
  readonly keys: string;
  /** Two enrolled users, in the place of short-lived ones. */
  readonly users: readonly [string, string] | undefined;
  readonly passphraseFile: string | undefined;
  /** Rows; empty for all. */
  readonly only: readonly string[];
  readonly scale: number;
  readonly json: boolean;
  readonly colour: boolean;
}

const DETAILS = `Point it at a server of your own, one that nobody else uses meanwhile. It is
for a server with the limits that are its defaults, and takes some two minutes.

Users: some are attackers, some honest. Unless --as and --with name two that
are enrolled (for both parts), they are made for this run: the authority of
the keys folder certifies them for a day, and nothing of them is written down.
Its passphrase is asked for, or taken from MESSAGEAPP_AUTHORITY_PASSPHRASE or
MESSAGEAPP_PASSPHRASE.

After each attack two honest users log in anew with the real client, and one
sends the other a text: a server that does not serve them any more has lost.

Exit status: 0 all held, 1 an attack succeeded or the server is gone,
2 wrong usage, or there was nothing that could be attacked, 3 nothing
succeeded, but not everything could be tried.`;

const PROGRAM = 'npm run attack --';
const ABOUT = 'Tries the attacks of SECURITY.md that can be tried from outside on a running relay of MessageApp.';

const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;
const wrong = (what: string) => new UsageError('bad-argument', `${what} (${PROGRAM} --help shows how)`);

const parser = (args: readonly string[]) => yargs([...args])
  .scriptName(PROGRAM)
  .locale('en')
  .usage(`$0 HOST PORT [options]\n\n${ABOUT}`)
  .option('keys', { ...text, default: DEFAULT_KEYS, describe: 'Folder made by `node keys`' })
  .option('as', { ...text, describe: 'An enrolled user whose private key is in the folder; needs --with' })
  .option('with', { ...text, describe: 'Another one' })
  .option('passphrase-file', { ...text, describe: "File whose first line is the authority's passphrase, or the users'" })
  .option('server-name', { ...text, describe: "The name in the server's certificate, where it is not HOST" })
  .option('only', { ...text, array: true, default: [], describe: 'Only the attacks of this row; can be given again' })
  .option('scale', { type: 'number', default: 1, describe: 'Does what takes long so many times as often' })
  .option('list', { ...flag, describe: 'Say which attacks there are, and do nothing' })
  .option('json', { ...flag, describe: 'One line of JSON for each attack' })
  .option('color', { ...flag, default: true, describe: 'Colours on a terminal; --no-color or NO_COLOR turns them off' })
  .option('elsewhere', { ...flag, describe: 'Attack a server that is not on this machine' })
  .group(['as', 'with', 'keys', 'passphrase-file'], 'Users:')
  .group(['only', 'scale', 'list'], 'Attacks:')
  .group(['server-name', 'elsewhere'], 'The server:')
  .example('$0 127.0.0.1 8081', 'all of them')
  .example('$0 127.0.0.1 8081 --only A13 --scale 10', '10,000 malformed key shares')
  .epilogue(DETAILS)
  .strictOptions()
  .version(false)
  .help()
  .wrap(Math.min(100, process.stdout.columns ?? 80))
  .parserConfiguration({ 'duplicate-arguments-array': true, 'greedy-arrays': false, 'parse-positional-numbers': false })
  .exitProcess(false)
  .fail((message, error) => {
    throw wrong((message ?? error?.message ?? 'Wrong arguments.').split('\n')[0]!);
  });

/** Reads the arguments. Throws UsageError 'bad-argument'. @returns a text where only that was asked for */
export async function readOptions(args: readonly string[]): Promise<Options | string> {
  let help = '';
  const given = await parser(args).parseAsync([...args], {}, (_error: unknown, _argv: unknown, output: string) => {
    help = output;
  });
  if (help !== '') return `${help}\n`;
  if (given.list) return list();
  const twice = Object.entries(given).find(([name, value]) => Array.isArray(value) && name !== '_' && name !== 'only');
  if (twice) throw wrong(`The option --${twice[0]} was given twice.`);
  const [host, port, ...others] = given._.map(String);
  if (host === undefined || port === undefined || others.length > 0) {
    throw wrong('Say which server: npm run attack -- 127.0.0.1 8081.');
  }
  return {
    host,
    port: checkPort(port),
    serverName: given['server-name'] ?? host,
    elsewhere: given.elsewhere,
    keys: given.keys,
    users: checkUsers(given.as, given.with),
    passphraseFile: given['passphrase-file'],
    only: given.only.map(checkRow),
    scale: checkScale(given.scale),
    json: given.json,
    colour: given.color,
  };
}

const list = (): string => attacks.map(({ row, title }) => `${row.padEnd(4)} ${title}\n`).join('');

function checkPort(port: string): number {
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return Number(port);
  throw wrong(`${JSON.stringify(port.slice(0, 20))} is not a port: use a number from 1 to 65535.`);
}

function checkUsers(as: string | undefined, other: string | undefined): readonly [string, string] | undefined {
  if (as === undefined && other === undefined) return undefined;
  if (as === undefined || other === undefined || as === other) {
    throw wrong('Two users are needed: --as NAME --with ANOTHER.');
  }
  return [checkUsername(as), checkUsername(other)];
}

function checkRow(row: string): string {
  const known = attacks.find((each) => each.row.toLowerCase() === row.toLowerCase());
  if (known) return known.row;
  const rows = [...new Set(attacks.map((each) => each.row))].join(', ');
  throw wrong(`There is no attack ${JSON.stringify(row.slice(0, 20))}: take one of ${rows}.`);
}

function checkScale(scale: number): number {
  if (Number.isFinite(scale) && scale >= 0.1 && scale <= 1_000) return scale;
  throw wrong('--scale takes a number from 0.1 to 1000.');
}
