import yargs, { type Argv } from 'yargs';
import { PASSWORD_VARIABLE } from '../common/cli/passphrase.js';
import { type ErrorCode, MessageAppError, UsageError } from '../common/errors.js';
import { DEFAULT_KEYS } from '../common/files/keys-folder.js';
import { harmless } from '../common/text/harmless.js';
import { AUTHORITY_DAYS, AUTHORITY_NAME, AUTHORITY_VARIABLE } from './authority.js';
import { enrol } from './commands/enrol.js';
import { exportUsers } from './commands/export.js';
import { init } from './commands/init.js';
import { INVITATION_DAYS, invite } from './commands/invite.js';
import { passwd } from './commands/passwd.js';
import { revoke } from './commands/revoke.js';
import { server } from './commands/server.js';
import { show } from './commands/show.js';
import { USER_DAYS, user } from './commands/user.js';
import { type Io, realIo } from './io.js';
import { DEFAULT_HOSTS, SERVER_DAYS } from './server-pair.js';

/** 2 is for a command that was written wrongly; what is wrong with keys and files is 1. */
export const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  'exists': 1, 'no-key': 1, 'bad-key-file': 1, 'bad-file': 1, 'wrong-passphrase': 1, 'no-openssl': 1,
  'openssl-failed': 1, 'not-now': 1,
};

const STATUSES =
  'Exit status: 0 done, 1 failed, 2 wrongly asked for, 70 a fault of this program, 130 interrupted.';
const HELP = 'All about it: node keys --help';
const COMMANDS = 'init, server, user, enrol, show or list, passwd, invite, export or revoke';
const REVOKE = "revoke a user: neither name nor key is accepted any more; takes the authority's key";

const types = ['ed25519', 'rsa'] as const;

const name = <T>(y: Argv<T>) => y.positional('name', {
  type: 'string', demandOption: true, describe: 'username: 1 to 16 of A-Z a-z 0-9 -',
});

const type = { choices: types, default: types[0], describe: 'kind of key; rsa is of 3072 bits' } as const;

const days = (usual: number) => ({
  type: 'number', default: usual, describe: 'how long the certificate is valid',
  coerce: (value: unknown) => {
    if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 36_500) return Number(value);
    throw new UsageError('bad-argument', 'The number of --days is a whole one from 1 to 36500.');
  },
} as const);

const passphraseFile = {
  type: 'string', requiresArg: true,
  describe: 'read the passphrase from the first line of this file; '
    + 'else MESSAGEAPP_PASSPHRASE, else the terminal',
} as const;

const authorityPassphraseFile = {
  type: 'string', requiresArg: true,
  describe: `the same for the authority's key, if it has another; else ${AUTHORITY_VARIABLE}`,
} as const;

/** What all that make a pair take. */
const making = (usualDays: number) => ({
  type,
  days: days(usualDays),
  'passphrase-file': passphraseFile,
  'authority-passphrase-file': authorityPassphraseFile,
} as const);

/** `node keys …`. @returns the exit status. Throws MessageAppError with the sentence to be shown. */
export async function main(argv: readonly string[], io: Io = realIo): Promise<number> {
  let text = '';
  const parser = yargs()
    .scriptName('node keys')
    .usage('$0 COMMAND\n\nMakes and enrols the keys of MessageApp: the authority, the server, the users.')
    .option('keys', {
      type: 'string', requiresArg: true, default: DEFAULT_KEYS, describe: 'folder of all that is made',
    })
    .command('init', 'make the authority, which issues the certificates', (y) => y
      .option('name', {
        type: 'string', requiresArg: true, default: AUTHORITY_NAME, describe: 'its name in certificates',
      })
      .options(making(AUTHORITY_DAYS)),
    (args) => init(args, io))
    .command('server', "make the server's pair; its key under no passphrase, to start by itself", (y) => y
      .option('host', {
        type: 'string', array: true, requiresArg: true, default: DEFAULT_HOSTS,
        describe: 'names and addresses that clients dial',
      })
      .option('protect', {
        type: 'boolean', default: false, describe: "put the server's key under a passphrase too",
      })
      .option('force', { type: 'boolean', default: false, describe: 'replace the pair that is there' })
      .options(making(SERVER_DAYS)),
    (args) => server(args, io))
    .command('user <name>', "make and enrol a user's pair; authority and server too if missing", (y) => name(y)
      .option('enrol', {
        choices: ['key', 'certificate'] as const, default: 'key' as const,
        describe: 'by public key, or by a certificate',
      })
      .options(making(USER_DAYS)),
    (args) => user(args, io))
    .command('enrol <name> <file>', 'enrol a public key or certificate (PEM) made elsewhere', (y) => name(y)
      .positional('file', {
        type: 'string', demandOption: true, describe: 'PUBLIC KEY or CERTIFICATE, never a private key',
      }),
    (args) => enrol(args, io))
    .command(['show [name]', 'list'], 'show what there is, which folder goes where, or one user', (y) => y
      .positional('name', { type: 'string', describe: 'one user only' }),
    (args) => show(args, io))
    .command('revoke [name]', REVOKE, (y) => y
      .positional('name', { type: 'string', describe: 'username' })
      .option('force', { type: 'boolean', default: false, describe: 'also a name that has no entry here' })
      .option('sign', {
        type: 'boolean', default: false,
        describe: 'nobody more: show the list and sign it anew as it stands, where its signature does not fit',
      })
      .options({ 'passphrase-file': passphraseFile, 'authority-passphrase-file': authorityPassphraseFile }),
    (args) => revoke(args, io))
    .command('passwd <name>', 'set a password beside the key of a user, or take it away', (y) => name(y)
      .option('remove', { type: 'boolean', default: false, describe: 'the key alone will do again' })
      .option('password-file', {
        type: 'string', requiresArg: true,
        describe: `read it from the first line of this file; else ${PASSWORD_VARIABLE}, else the terminal`,
      }),
    (args) => passwd(args, io))
    .command('invite', 'make a code with which one person can register', (y) => y
      .option('days', { ...days(INVITATION_DAYS), describe: 'how long the code is valid' }),
    (args) => invite(args, io))
    .command('export', "print everybody's public keys and certificates, and no secrets", (y) => y,
    (args) => exportUsers(args, io))
    .example('$0 user alice', 'all that is needed to begin with')
    .example('$0 init --name "Example authority"', 'the authority first, under a passphrase of its own')
    .example('$0 server --host chat.example.org --host 192.0.2.7', 'a server that others dial')
    .example('$0 user bob --enrol certificate --type rsa', 'a user known by certificate')
    .example('$0 enrol alice alice-public.pem', 'a key made by alice herself')
    .epilogue(STATUSES)
    .demandCommand(1, 1, `Say what to do: ${COMMANDS}. ${HELP}`)
    .strict()
    .check((args) => {
      const lists = new Set(['_', 'host']);
      const several = Object.entries(args).filter(([, value]) => Array.isArray(value));
      const twice = several.find(([option]) => !lists.has(option));
      if (twice) throw new UsageError('bad-argument', `The option --${twice[0]} was given twice.`);
      return true;
    })
    .version(false)
    .wrap(100)
    .parserConfiguration({ 'parse-positional-numbers': false, 'dot-notation': false })
    .exitProcess(false)
    .fail((message, error) => {
      if (error instanceof MessageAppError || !message) throw error;
      throw new UsageError('bad-argument', asSentence(message));
    });
  await parser.parseAsync([...argv], {}, (_error, _args, output) => {
    text = output;
  });
  if (text !== '') io.print(text);
  return 0;
}

/** What yargs complains about is several lines at times, and repeats what was typed. */
function asSentence(message: string): string {
  const line = harmless(message.trim().replace(/\s*\n\s*/g, ' ')).replace(/\.$/, '');
  return line.includes('--help') ? line : `${line}. ${HELP}`;
}
