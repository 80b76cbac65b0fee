import yargs from 'yargs';
import { UsageError } from '../common/errors.js';
import { DEFAULT_KEYS, keysFolder } from '../common/files/keys-folder.js';
import type { RelayLimits } from '../common/wire/limits.js';
import { limitsFrom, limitYargs } from './limit-options.js';
import type { MaterialPaths } from './material.js';
import type { LogFormat } from './relay/log.js';

export interface MainOptions {
  readonly port: number;
  readonly host: string;
  readonly paths: MaterialPaths;
  /** The authority was named by the person, and has to be there. */
  readonly authorityNamed: boolean;
  readonly passphraseFile: string | undefined;
  readonly acceptCertificates: boolean;
  readonly registration: 'closed' | 'invite' | 'open';
  readonly log: LogFormat;
  readonly logWire: boolean;
  readonly limits: RelayLimits;
}

const files = 'Keys and users:';
const logging = 'Log, on standard output:';
const path = (describe: string) => ({ group: files, type: 'string', requiresArg: true, describe } as const);

/** What yargs makes of the options that are no limits. */
interface Parsed {
  readonly _: readonly (string | number)[];
  readonly host: string;
  readonly keys: string;
  readonly certificate: string | undefined;
  readonly 'private-key': string | undefined;
  readonly authority: string | undefined;
  readonly users: string | undefined;
  readonly 'passphrase-file': string | undefined;
  readonly 'accept-certificates': boolean;
  readonly registration: 'closed' | 'invite' | 'open';
  readonly log: LogFormat;
  readonly 'log-wire': boolean;
}

/**
 * Reads the arguments; undefined where the help was asked for, and was given to `print`.
 * Throws UsageError 'bad-argument'.
 */
export async function readOptions(
  args: readonly string[], print: (help: string) => void,
): Promise<MainOptions | undefined> {
  let help = '';
  const parsed = await parser().parseAsync([...args], {}, (_error: unknown, _argv: unknown, output: string) => {
    help = output;
  });
  if (help === '') return optionsFrom(parsed as unknown as Parsed);
  print(`${help}\n`);
  return undefined;
}

const parser = () => yargs()
  .scriptName('node server')
  .locale('en')
  .usage('$0 PORT [options]\n\nThe relay of MessageApp: it carries end-to-end encrypted messages, and cannot read them.')
  .example('$0 8081', 'for this machine alone, with the keys in ./keys')
  .example('$0 8081 --host 0.0.0.0', 'for others too (or --host :: with IPv6)')
  .options({
    host: {
      group: 'Network:', type: 'string', requiresArg: true, default: '127.0.0.1',
      describe: 'Address to listen on: 127.0.0.1 is for this machine alone, 0.0.0.0 or :: let others in',
    },
    keys: { ...path('Folder that `node keys` made'), default: DEFAULT_KEYS },
    certificate: path("The server's certificate and its issuers, PEM [KEYS/server/server.pem]"),
    'private-key': path('Its private key, PKCS#8 PEM [KEYS/server/server.key]'),
    authority: path("Authority whose users' certificates are believed, PEM [KEYS/server/ca.pem]"),
    users: path('Folder with a file for each user, and `revoked` [KEYS/users]'),
    'passphrase-file': path('File whose first line is the passphrase of the private key'),
    'accept-certificates': {
      group: files, type: 'boolean', default: true, describe: 'Let in whoever brings a certificate of the authority',
    },
    registration: {
      group: files, choices: ['closed', 'invite', 'open'], requiresArg: true, default: 'closed',
      describe: 'Who may enrol themselves: nobody, with an invitation (node keys invite), or anybody',
    },
    log: {
      group: logging, choices: ['text', 'json'], requiresArg: true, default: 'text',
      describe: 'One line an event, as text or JSON',
    },
    'log-wire': {
      group: logging, type: 'boolean', default: false,
      describe: 'Show what an observer sees of each record, to learn from',
    },
    ...limitYargs('Limits:'),
  })
  .demandCommand(0, 1)
  .strictOptions()
  .version(false)
  .help()
  .alias('help', 'h')
  .wrap(110)
  .epilogue('SIGHUP reads certificate and users again. SIGTERM and Ctrl-C tell everyone, and end.\n'
    + 'Exit status: 0 ended so; 1 another server has the users; 2 wrong usage, or a file that does not fit;\n'
    + '3 cannot listen; 130 Ctrl-C twice.')
  .exitProcess(false)
  .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-positional-numbers': false, 'dot-notation': false })
  .fail((message, error) => {
    const what = (message ?? error.message).replace(/\s+/g, ' ');
    throw new UsageError('bad-argument', `${what} (--help shows what there is)`);
  });

function optionsFrom(parsed: Parsed): MainOptions {
  const { server, users } = keysFolder(parsed.keys);
  return {
    port: portFrom(parsed._[0]),
    host: parsed.host,
    paths: {
      certificate: parsed.certificate ?? server.chain,
      privateKey: parsed['private-key'] ?? server.key,
      authority: parsed.authority ?? server.authority,
      users: parsed.users ?? users,
    },
    authorityNamed: parsed.authority !== undefined,
    passphraseFile: parsed['passphrase-file'],
    acceptCertificates: parsed['accept-certificates'],
    registration: parsed.registration,
    log: parsed.log,
    logWire: parsed['log-wire'],
    limits: limitsFrom({ ...parsed }),
  };
}

function portFrom(given: string | number | undefined): number {
  const free = '(0 takes a free one)';
  if (given === undefined) throw new UsageError('bad-argument', `A port is missing: node server 8081 ${free}.`);
  if (/^\d{1,5}$/.test(String(given)) && Number(given) <= 65_535) return Number(given);
  const shown = JSON.stringify(String(given));
  throw new UsageError('bad-argument', `${shown} is not a port: take a number from 0 to 65535 ${free}.`);
}
