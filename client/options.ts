import yargs from 'yargs';
import { UsageError } from '../common/errors.js';
import { type Suite, suites } from '../common/crypto/suite.js';
import { isEmail } from '../common/wire/email.js';
import { DEFAULT_KEYS } from '../common/files/keys-folder.js';

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly keys: string;
  readonly identity: string | undefined;
  readonly privateKey: string | undefined;
  readonly certificate: string | undefined;
  readonly authority: string | undefined;
  readonly knownKeys: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly passwordFile: string | undefined;
  readonly serverName: string;
  readonly suites: readonly Suite[];
  readonly json: boolean;
  readonly web: boolean;
  readonly webPort: number;
  readonly register: boolean;
  readonly email: string;
  readonly invitation: string;
  readonly setPassword: boolean;
  readonly didactic: boolean;
  readonly colour: boolean;
  readonly reconnectMs: number;
}

const DETAILS = `At the prompt: listx, chatNAME, acptNAME, refuNAME, cachNAME, helpx, exitx,
with or without a space. In a chat what you type is sent; /help shows what
else there is, /exit leaves the chat.

Exit status: 0 after exit, 1 a script came to a text that would not be signed,
2 wrong usage, 3 cannot connect, 4 refused or not authenticated,
5 connection lost for good, 130 Ctrl-C at a question.`;

/**
 * Reads the arguments behind `node client`. Throws UsageError 'bad-argument'.
 * @returns undefined where help or the version was asked for, which has been printed then
 */
export async function readOptions(argv: readonly string[]): Promise<ClientOptions | undefined> {
  let shown = false;
  const parser = yargs(argv)
    .scriptName('node client')
    .usage('$0 HOST PORT\n\nLogs in to a MessageApp relay and chats end to end encrypted.')
    .option('user', { alias: 'u', type: 'string', describe: 'Your username; asked for if it is not given' })
    .option('passphrase-file', { type: 'string', describe: 'File whose first line is the passphrase (or set MESSAGEAPP_PASSPHRASE)' })
    .option('password-file', { type: 'string', describe: 'File with the password of your account, if it has one (or set MESSAGEAPP_PASSWORD)' })
    .option('register', { type: 'boolean', default: false, describe: 'Make a key and an account for it; then log in as usual' })
    .option('email', { type: 'string', default: '', describe: 'With --register: an e-mail for the administrator' })
    .option('invitation', { type: 'string', default: '', describe: 'With --register: the code that you were given' })
    .option('set-password', { type: 'boolean', default: false, describe: 'With --register: a password beside the key' })
    .option('suite', { type: 'string', default: 'rsa,x25519', describe: 'Key exchanges to offer, the best first' })
    .option('json', { type: 'boolean', default: false, describe: 'Commands and events as lines of JSON, for programs; needs --user' })
    .option('web', { type: 'boolean', default: false, describe: 'A page in the browser instead of the terminal' })
    .option('web-port', { type: 'number', default: 0, describe: 'With --web: the port on 127.0.0.1 for the page, 0 for any' })
    .option('didactic', { type: 'boolean', default: false, describe: 'Show the ephemeral key and the session secret: to learn, not to use' })
    .option('reconnect', { type: 'number', default: 600, describe: 'Seconds for which a lost connection is tried again' })
    .option('color', { type: 'boolean', default: true, describe: 'Colours on a terminal; --no-color or NO_COLOR turns them off' })
    .option('server-name', { type: 'string', describe: "The name in the server's certificate, where it is not HOST" })
    .option('keys', { type: 'string', default: DEFAULT_KEYS, describe: 'Folder made by `node keys`; yours is private/NAME in it' })
    .option('identity', { type: 'string', describe: 'Your private folder itself, where it was moved elsewhere' })
    .option('private-key', { type: 'string', describe: 'Your private key (PKCS#8 PEM), instead of key.pem in your folder' })
    .option('certificate', { type: 'string', describe: 'Your certificate and its issuers (PEM), instead of certificate.pem' })
    .option('authority', { type: 'string', describe: 'Certificates of the authorities you believe (PEM), instead of ca.pem' })
    .option('known-keys', { type: 'string', describe: 'File of the keys of others that you have met' })
    .group(['user', 'passphrase-file', 'password-file', 'json', 'web', 'web-port', 'color', 'didactic'], 'You:')
    .group(['register', 'email', 'invitation', 'set-password'], 'A new account:')
    .group(['suite', 'reconnect', 'server-name'], 'The connection:')
    .group(['keys', 'identity', 'private-key', 'certificate', 'authority', 'known-keys'], 'Files:')
    .example('$0 127.0.0.1 8081', 'asks for username and passphrase')
    .example('$0 chat.example.org 8081 --register --authority ca.pem', 'makes an account, where the server allows it')
    .example('$0 127.0.0.1 8081 --web', 'the same in a browser on this machine')
    .example('$0 127.0.0.1 8081 --json --user alice', 'speaks JSON lines, for a bot')
    .example('$0 verify FILE', 'checks the transcript of a signed chat')
    .epilogue(DETAILS)
    .strictOptions()
    .version('2.0.0')
    .help()
    .wrap(Math.min(110, process.stdout.columns ?? 80))
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .exitProcess(false)
    .fail((message, error) => {
      throw new UsageError('bad-argument', `${(message ?? error?.message ?? 'Wrong arguments.').split('\n')[0]} (node client --help shows how)`);
    });
  const given = await parser.parseAsync(argv as string[], {}, (_error, _argv, output) => {
    if (output !== '') {
      shown = true;
      console.log(output);
    }
  });
  if (shown) return undefined;

  const [host, port, ...others] = given._.map(String);
  if (host === undefined || port === undefined || others.length > 0) {
    throw new UsageError('bad-argument', 'Say which server: node client HOST PORT, for example node client 127.0.0.1 8081. (node client --help shows more)');
  }
  if (given.json && given.user === undefined) throw new UsageError('bad-argument', '--json needs --user NAME, since its input is lines of JSON.');
  return {
    host: checkHost(host),
    port: checkPort(port),
    user: given.user,
    keys: given.keys,
    identity: given.identity,
    privateKey: given.privateKey,
    certificate: given.certificate,
    authority: given.authority,
    knownKeys: given.knownKeys,
    passphraseFile: given.passphraseFile,
    passwordFile: given.passwordFile,
    serverName: given.serverName ?? host,
    suites: readSuites(given.suite),
    json: given.json,
    web: checkWeb(given),
    webPort: checkWebPort(given['web-port']),
    register: given.register,
    email: checkEmail(given.email),
    invitation: given.invitation,
    setPassword: given['set-password'],
    didactic: given.didactic,
    colour: given.color,
    reconnectMs: readSeconds(given.reconnect) * 1_000,
  };
}

function checkWeb({ web, ...others }: { web: boolean; json: boolean; register: boolean; didactic: boolean }): boolean {
  const [other] = (['json', 'register', 'didactic'] as const).filter((name) => web && others[name]);
  if (other === undefined) return web;
  throw new UsageError('bad-argument', `--web and --${other} do not go together.`);
}

function checkWebPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError('bad-argument', '--web-port takes a port, a number from 0 to 65535.');
}

function checkEmail(email: string): string {
  if (email === '' || isEmail(email)) return email;
  throw new UsageError('bad-argument', '--email takes an address like alice@example.org, of at most 100 bytes.');
}

function checkHost(host: string): string {
  if (host.length > 0 && host.length <= 253 && /^[A-Za-z0-9.:_%-]+$/.test(host)) return host;
  throw new UsageError('bad-host', `${JSON.stringify(host.slice(0, 80))} is not the name or address of a host.`);
}

function checkPort(port: string): number {
  const number = Number(port);
  if (/^\d{1,5}$/.test(port) && number >= 1 && number <= 65_535) return number;
  throw new UsageError('bad-argument', `${JSON.stringify(port.slice(0, 20))} is not a port: use a number from 1 to 65535.`);
}

function readSeconds(seconds: number): number {
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 1e6) return seconds;
  throw new UsageError('bad-argument', '--reconnect takes a number of seconds, 0 for never.');
}

function readSuites(list: string): Suite[] {
  const names = list.split(',').map((name) => name.trim());
  const chosen = names.map((name) => suites.find((suite) => suite.name === name));
  if (chosen.length === 0 || chosen.includes(undefined) || new Set(names).size !== names.length) {
    throw new UsageError('bad-argument', `--suite takes one or more of ${suites.map(({ name }) => name).join(', ')}, each once, with commas.`);
  }
  return chosen as Suite[];
}
