import { spawn } from 'node:child_process';
import { UsageError } from '../common/errors.js';
import { harmless } from '../common/text/harmless.js';

const NEEDED = 'The program openssl is needed for certificates and was not found.';
const INSTALL = 'Install it: apt-get install openssl (Debian, Ubuntu), dnf install openssl (Fedora), '
  + 'brew install openssl (macOS), winget install openssl (Windows).';

/** `x509 -new` and `-force_pubkey` together are new in 3.0. */
export async function checkOpenssl(): Promise<void> {
  const version = await openssl(['version']);
  const [, major = '0'] = /^OpenSSL (\d+)\./.exec(version) ?? [];
  if (Number(major) >= 3) return;
  throw new UsageError(
    'no-openssl',
    `The program openssl is ${harmless(version.trim())}; 3.0 or later is needed. ${INSTALL}`,
  );
}

/**
 * Runs openssl, without a shell, and gives back its output. The passphrase goes through a pipe of its own
 * (`-passin fd:3`), for arguments and the environment can be seen by others; of our environment openssl gets
 * only what it takes to be found.
 * Throws UsageError 'no-openssl', 'openssl-failed' or, if that is the cause, 'wrong-passphrase'.
 */
export function openssl(args: readonly string[], secret?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const kept = ['PATH', 'SystemRoot'].flatMap((name) => [[name, process.env[name]] as const]);
    const env = Object.fromEntries(kept.filter(([, value]) => value !== undefined));
    const child = spawn('openssl', args, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const [, output, errors, passphrase] = child.stdio;
    let [said, complained] = ['', ''];
    output?.on('data', (data: Buffer) => (said += data.toString()));
    errors?.on('data', (data: Buffer) => (complained += data.toString()));
    // It may be gone before it has read the passphrase; its status says so.
    passphrase?.on('error', () => undefined);
    if (passphrase && 'end' in passphrase) passphrase.end(secret === undefined ? '' : `${secret}\n`);
    child.on('error', (cause) => {
      reject(
        new UsageError('no-openssl', `${NEEDED} ${INSTALL}`, { cause }),
      );
    });
    child.on('close', (code) => (code === 0 ? resolve(said) : reject(failure(complained))));
  });
}

function failure(complained: string): UsageError {
  if (/bad decrypt|maybe wrong password|Could not read (CA )?private key/.test(complained)) {
    return new UsageError('wrong-passphrase', "The passphrase does not open the authority's private key. "
      + 'If it has one of its own, give it with --authority-passphrase-file FILE.');
  }
  const [first = 'it said nothing'] = complained.split('\n').filter((line) => line.trim() !== '');
  return new UsageError('openssl-failed', `openssl could not make the certificate: ${harmless(first)}`);
}
