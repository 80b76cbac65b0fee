import { readOptions as readClientOptions } from '../../../client/options.js';
import { readOptions as readServerOptions } from '../../../server/options.js';
import { type Material, mutate, type Random } from '../../support/mutations.js';
import { bytesOf, check, type Target } from '../target.js';

/** No option is called `_`, and none that takes a text is denied with `--no-`: yargs makes something else of these. */
const UNFIT = /^-.*_|^--no-(?!color$|json$|didactic$|log-wire$|accept-certificates$)/;

/** Arguments of a program, one a line. */
const argsOf = (input: Buffer): string[] => input.toString('utf8').split('\n').filter((arg) => !UNFIT.test(arg));

/** Whole arguments are put in, left out and changed; seldom bytes of them. */
function mutateArgs(bytes: Buffer, random: Random, material: Material): Buffer {
  if (random(3) === 0) return mutate(bytes, random, material);
  const args = bytes.toString('utf8').split('\n');
  for (let left = 1 + random(3); left > 0; left--) {
    const token = material.tokens[random(material.tokens.length)]!.toString('utf8').trim();
    args.splice(random(args.length + 1), random(2), ...(random(4) === 0 ? [] : [token]));
  }
  return Buffer.from(args.join('\n').slice(0, material.max));
}

const names = [
  '--user', '--suite', '--json', '--didactic', '--reconnect', '--color', '--server-name', '--keys', '--identity',
  '--rate', '--private-key', '--certificate', '--authority', '--known-keys', '--passphrase-file', '--host', '--users',
  '--web', '--web-port', '--log', '--log-wire', '--accept-certificates', '--hello', '--queue',
];
const tokens = bytesOf(
  ...names.flatMap((name) => [name, `--no-${name.slice(2)}`, `${name}=`, `\n${name}\n`]), '\n', '--', '-', '=', '-u',
  '--__proto__.x=1', '--constructor.prototype.x=1', '--user.x=1', '--keys.x=1', '--host.', '--users.=x',
  '\n8081\n', 'NaN', '1e3', '-1', 'Infinity', 'x25519', '\0', 'true', 'false', '[]', '--help', '--version',
);

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

const client: Target = {
  name: 'arguments of the client',
  covers: ['client/options.ts readOptions'],
  errors: ['bad-argument', 'bad-host'], inputs: 300, tokens, max: 300, slow: 2_000, mutate: mutateArgs,
  seeds: bytesOf(
    '127.0.0.1\n8081', 'localhost\n8081\n--user\nalice\n--json',
    'relay.example\n443\n--suite\nx25519,rsa\n--reconnect\n0\n--no-color\n--keys\n./keys',
  ),
  async run(input) {
    const shown = console.log;
    console.log = () => undefined;
    try {
      const options = await readClientOptions(argsOf(input));
      if (!options) return 'help';
      const { host, port, suites, reconnectMs, json, didactic, colour, register, setPassword, web, webPort, ...texts } = options;
      check(/^[\w.:%-]+$/.test(host) && port >= 1 && port <= 65_535, 'a place that is none');
      check(suites.length > 0 && suites.every((suite) => suite.name.length > 0), 'suites that are none');
      check(reconnectMs >= 0 && [json, didactic, colour, register, setPassword, web].every((flag) => typeof flag === 'boolean'), 'a flag');
      check(Number.isInteger(webPort) && webPort >= 0 && webPort <= 65_535, 'a port');
      for (const [name, value] of Object.entries(texts)) check(isText(value), `${name} is no text`);
      return 'read';
    } finally {
      console.log = shown;
    }
  },
};

const server: Target = {
  name: 'arguments of the server',
  covers: ['server/options.ts readOptions'],
  errors: ['bad-argument'], inputs: 200, tokens, max: 300, slow: 2_000, mutate: mutateArgs,
  seeds: bytesOf(
    '8081', '0\n--host\n0.0.0.0\n--log\njson',
    '8081\n--rate\n20\n--hello\n2.5\n--no-accept-certificates\n--keys\n./keys',
  ),
  async run(input) {
    const options = await readServerOptions(argsOf(input), () => undefined);
    if (!options) return 'help';
    const { port, host, paths, passphraseFile, limits, logWire, acceptCertificates } = options;
    check(Number.isInteger(port) && port >= 0 && port <= 65_535, 'a port that is none');
    const texts = [host, ...Object.values(paths), passphraseFile];
    for (const value of texts) check(isText(value), `${String(value)} is no text`);
    check(Object.values(limits).every((limit) => limit > 0 && limit < 2 ** 31), 'a limit that is none');
    check([logWire, acceptCertificates].every((flag) => typeof flag === 'boolean'), 'a flag');
    return 'read';
  },
};

export const optionTargets: readonly Target[] = [client, server];
