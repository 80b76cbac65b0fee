import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../common/errors.js';
import { type Broker, brokers, kinds } from './kinds.js';

/** A broker that is installed. */
export interface BrokerProgram {
  readonly broker: Broker;
  readonly path: string;
  /** As it says it itself. */
  readonly version: string;
}

export interface Chosen {
  readonly programs: readonly BrokerProgram[];
  /** They would have been measured, if they were installed. */
  readonly missing: readonly Broker[];
}

/** Where distributions put servers; it is not on everybody's PATH. */
const PLACES: readonly string[] = ['/usr/sbin', '/usr/local/sbin'];

/**
 * Where a program lies; undefined where it is not installed.
 * @param path as the PATH of the environment
 * @param places where it is looked for after that
 */
export function findProgram(name: string, path = process.env['PATH'] ?? '', places = PLACES): string | undefined {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...places];
  return folders.map((folder) => join(folder, name)).find(runs);
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * @param asked undefined: all that are installed. Throws UsageError 'bad-argument' where one is asked for that is not
 * installed.
 */
export function chooseBrokers(
  asked: readonly Broker[] | undefined, find: (name: string) => string | undefined = (name) => findProgram(name),
): Chosen {
  const found = (asked ?? brokers).map((broker) => ({ broker, path: find(kinds[broker].program) }));
  const missing = found.filter(({ path }) => path === undefined).map(({ broker }) => broker);
  if (asked && missing.length > 0) {
    const { program } = kinds[missing[0]!];
    throw new UsageError(
      'bad-argument',
      `--brokers: ${program} is not installed (it is neither on PATH nor in ${PLACES.join(' or ')}). `
        + 'Install it, or leave it out.',
    );
  }
  const programs = found.flatMap(({ broker, path }) =>
    (path === undefined ? [] : [{ broker, path, version: versionOf(broker, path) }]));
  return { programs, missing };
}

function versionOf(broker: Broker, path: string): string {
  const { ask, version } = kinds[broker];
  const { stdout, stderr } = spawnSync(path, [ask], { encoding: 'utf8' });
  return version.exec(`${stdout}${stderr}`)?.[1] ?? '(of an unknown version)';
}
