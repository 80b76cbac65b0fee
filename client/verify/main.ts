import yargs from 'yargs';
import { type Certificate, readCertificatesPem } from '../../common/crypto/certificate.js';
import { UsageError } from '../../common/errors.js';
import { readBounded } from '../../common/files/bounded-read.js';
import { TranscriptCheck } from './check.js';
import { checkFile } from './read-lines.js';
import { report } from './report.js';

const AUTHORITY_MAX = 64 * 1024;

interface VerifyOptions {
  readonly file: string;
  readonly authority: string | undefined;
}

/**
 * `node client verify FILE`: checks a transcript (docs/PROTOCOL.md part 11), without a server and without a key.
 * Throws UsageError.
 * @returns the exit status: 0 valid, 1 not valid
 */
export async function verify(argv: readonly string[], print: (line: string) => void): Promise<number> {
  const options = await readVerifyOptions(argv, print);
  if (!options) return 0;
  const authorities = await readAuthorities(options.authority);
  const check = new TranscriptCheck();
  await checkFile(options.file, check);
  report(check, authorities, new Date()).forEach(print);
  return check.fault ? 1 : 0;
}

async function readAuthorities(path: string | undefined): Promise<Certificate[]> {
  if (path === undefined) return [];
  const pem = await readBounded(path, { what: 'The certificate of the authority', maxBytes: AUTHORITY_MAX });
  return readCertificatesPem(pem.toString('latin1'));
}

/**
 * Reads the arguments behind `node client verify`. Throws UsageError 'bad-argument'.
 * @returns undefined where help was asked for, which has been printed then
 */
export async function readVerifyOptions(
  argv: readonly string[], print: (line: string) => void,
): Promise<VerifyOptions | undefined> {
  let shown = false;
  const parser = yargs(argv)
    .scriptName('node client')
    .usage('$0 verify FILE\n\nChecks the transcript of a signed conversation: who said what, and when.')
    .option('ca', { type: 'string', describe: 'Certificates of the authorities you believe (PEM)' })
    .epilogue('Exit status: 0 valid, 1 not valid, 2 wrong usage.')
    .strictOptions()
    .version(false)
    .help()
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .exitProcess(false)
    .fail((message, error) => {
      throw wrong((message ?? error?.message ?? 'Wrong arguments.').split('\n')[0]!);
    });
  const given = await parser.parseAsync(argv as string[], {}, (_error, _argv, output) => {
    if (output === '') return;
    shown = true;
    print(output);
  });
  if (shown) return undefined;
  const [file, ...others] = given._.map(String);
  if (file === undefined || file === '' || others.length > 0) {
    throw wrong('Say which transcript: node client verify FILE.');
  }
  if (given.ca === '') throw wrong('--ca needs a file.');
  return { file, authority: given.ca };
}

const wrong = (why: string): UsageError =>
  new UsageError('bad-argument', `${why} (node client verify --help shows more)`);
