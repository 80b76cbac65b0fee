import type { Stats } from 'node:fs';
import type { Writable } from 'node:stream';
import { UsageError } from '../errors.js';
import { readBounded, shownPath } from '../files/bounded-read.js';
import { type KeyboardInput, readHiddenLine } from './hidden-line.js';

/** Where questions are asked and answered. */
export interface Terminal {
  readonly input: KeyboardInput;
  /** Never standard output, which may be going into a file. */
  readonly error: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const terminal: Terminal = { input: process.stdin, error: process.stderr, env: process.env };

export interface GivenOptions {
  /** What `--passphrase-file` was given; it goes before the environment. */
  readonly file?: string | undefined;
  /** The variable of the environment. */
  readonly variable?: string;
  /**
   * The passphrase protects something new: it has to be long enough, and on a terminal is asked for twice.
   */
  readonly confirm?: boolean;
}

export interface PassphraseOptions extends GivenOptions {
  /** Without the colon: `Passphrase of alice's private key`. */
  readonly prompt: string;
  /** The option named where there is no terminal. */
  readonly option?: string;
}

export const PASSPHRASE_VARIABLE = 'MESSAGEAPP_PASSPHRASE';
export const PASSWORD_VARIABLE = 'MESSAGEAPP_PASSWORD';

/** What a person is told that it is. */
const nounOf = (variable: string): string => (variable === PASSWORD_VARIABLE ? 'password' : 'passphrase');

/** The rule of ssh-keygen for new ones. */
export const PASSPHRASE_MIN = 5;

/** Shorter ones are guessed offline, whatever the number of rounds: the person is told, and decides. */
const PASSPHRASE_SHORT = 10;

const TRIES = 3;

/** openssl reads no more than 1023 bytes. */
const PASSPHRASE_BYTES_MAX = 1000;

/**
 * The passphrase of a private key, from the first of: the first line of a file (or a pipe, `<(command)`), the
 * environment, the terminal, without echo and twice if it is new. A file that others can read is taken, as
 * openssl and gpg take it, with a warning. Never from an argument, which every user of the machine can see,
 * nor from a pipe on standard input, which may be the messages to send.
 * Throws UsageError 'no-passphrase' (no source, empty, too short for a new one, the two differ), 'bad-file',
 * or 'interrupted'.
 */
export async function passphrase(options: PassphraseOptions, at: Terminal = terminal): Promise<string> {
  const { prompt, variable = PASSPHRASE_VARIABLE, option = '--passphrase-file', confirm = false } = options;
  const given = await givenPassphrase(options, at);
  if (given !== undefined) return given;
  if (!at.input.isTTY) {
    throw new UsageError(
      'no-passphrase',
      `A ${nounOf(variable)} is needed (${prompt.toLowerCase()}), and there is no terminal to ask for it. `
        + `Give it in a file with ${option} FILE or in the environment as ${variable}, `
        + 'or run this on a terminal.',
    );
  }
  // Whoever types on after a mistake must not type into the shell: a new one is asked for again.
  for (let left = confirm ? TRIES : 1; ; left--) {
    try {
      return await ask(prompt, confirm, nounOf(variable), at);
    } catch (error) {
      if (left === 1 || !(error instanceof UsageError) || error.code !== 'no-passphrase') throw error;
      at.error.write(`${error.message}\n`);
    }
  }
}

async function ask(prompt: string, confirm: boolean, noun: string, at: Terminal): Promise<string> {
  const first = checked(await readHiddenLine(at.input, at.error, `${prompt}: `), confirm, `The ${noun}`);
  if (!confirm) return first;
  if (first !== await readHiddenLine(at.input, at.error, 'The same again: ')) {
    throw new UsageError('no-passphrase', `The two ${noun}s differ. Nothing was done; try again.`);
  }
  warnIfShort(first, noun, at);
  return first;
}

/**
 * The passphrase from a file or the environment; undefined if it is in neither. Throws UsageError as above.
 */
export async function givenPassphrase(
  options: GivenOptions,
  at: Terminal = terminal,
): Promise<string | undefined> {
  const { file, variable = PASSPHRASE_VARIABLE, confirm = false } = options;
  if (file !== undefined) {
    const noun = nounOf(variable);
    const check = (stats: Stats) => warnIfReadable(file, noun, stats, at);
    const maxBytes = PASSPHRASE_BYTES_MAX + 2;
    const text = await readBounded(file, { what: `The ${noun} file`, maxBytes, check, pipes: true });
    const [line = ''] = text.toString('utf8').split(/\r?\n/, 1);
    return checked(line, confirm, `The ${noun} in ${shownPath(file)}`);
  }
  const value = at.env[variable];
  return value === undefined ? undefined : checked(value, confirm, `The ${nounOf(variable)} in ${variable}`);
}

function warnIfReadable(file: string, noun: string, stats: Stats, at: Terminal): void {
  if (process.platform === 'win32' || !stats.isFile() || (stats.mode & 0o077) === 0) return;
  at.error.write(
    `Warning: the ${noun} file ${shownPath(file)} can be read by others: chmod 600 ${shownPath(file)}\n`,
  );
}

function warnIfShort(value: string, noun: string, at: Terminal): void {
  if ([...value].length >= PASSPHRASE_SHORT) return;
  at.error.write(`Warning: whoever gets the file can guess so short a ${noun}. Several words are good.\n`);
}

function checked(value: string, isNew: boolean, what: string): string {
  if (value === '') throw new UsageError('no-passphrase', `${what} is empty.`);
  if (Buffer.byteLength(value) > PASSPHRASE_BYTES_MAX) {
    throw new UsageError('no-passphrase', `${what} is longer than ${PASSPHRASE_BYTES_MAX} bytes.`);
  }
  if (/[\0\n\r]/.test(value)) throw new UsageError('no-passphrase', `${what} is more than one line.`);
  if (isNew && [...value].length < PASSPHRASE_MIN) {
    throw new UsageError(
      'no-passphrase',
      `${what} is too short: a new one has at least ${PASSPHRASE_MIN} characters. Several words are good.`,
    );
  }
  return value;
}
