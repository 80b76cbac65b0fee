import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '../../../common/cli/run.js';
import { MessageAppError, UsageError } from '../../../common/errors.js';
import { addresses } from '../../support/attack-field.js';
import type { Attack, Insider } from '../live/attack.js';
import { honestChat } from './honest.js';
import { type Cast, makeCast } from './insiders.js';
import { attacks } from './list.js';
import { type Options, readOptions } from './options.js';
import { type Output, Printer } from './printer.js';
import { type Base, count, notReached, type Result, run } from './run.js';
import { findTarget, isThere, manyAddresses, serverKey } from './target.js';

const NOT_ALL_TRIED = 3;

/** Of the rate, where the server has its defaults (docs/PROTOCOL.md, part 6), and a little. */
const WINDOW_MS = 5_100;

interface Ready {
  readonly base: Base;
  readonly attackers: Cast['attackers'];
  readonly honest: () => Promise<string | undefined>;
}

/**
 * `npm run attack -- HOST PORT`: the attacks of the folder live on a server of one's own. Throws MessageAppError where
 * nothing can be attacked. @returns the exit status
 */
export async function attack(args: readonly string[], output: Output, env: NodeJS.ProcessEnv): Promise<number> {
  const options = await readOptions(args);
  if (typeof options === 'string') {
    output.write(options);
    return status.done;
  }
  const ready = await prepare(options).catch(nothingToAttack);
  const chosen = attacks.filter(({ row }) => options.only.length === 0 || options.only.includes(row));
  const results = await attackAll(chosen, ready, new Printer(output, env, options));
  if (count(results, 'SUCCEEDED') > 0) return status.failed;
  return count(results, 'not tried') > 0 ? NOT_ALL_TRIED : status.done;
}

/** Finds the server, believes it only as a client would, and sees two honest users chat before it does anything. */
async function prepare(options: Options): Promise<Ready> {
  const { serverName, scale } = options;
  const target = await findTarget(options);
  const { attackers, honest: users, authority, serverPair } = await makeCast(options);
  const server = await serverKey(target, serverName, users[0]![0]);
  let turn = 0;
  const honest = () => honestChat(target, serverName, users[turn++ % users.length]!);
  const wrong = await honest();
  if (wrong !== undefined) {
    throw new UsageError('not-now', `Even without an attack two users cannot chat on this server: ${wrong}`);
  }
  const from = manyAddresses(target) ? addresses(200) : [];
  return { base: { target, server, authority, serverPair, addresses: from, scale }, attackers, honest };
}

/** Whatever is wrong before the first attack is no word about the server: it is never the status of a success. */
function nothingToAttack(error: unknown): never {
  if (!(error instanceof MessageAppError) || error.code === 'interrupted') throw error;
  throw new UsageError('not-now', error.message, { cause: error });
}

/** One after another, until the last one or until the server is gone. */
async function attackAll(
  chosen: readonly Attack[], { base, attackers, honest }: Ready, printer: Printer,
): Promise<Result[]> {
  printer.begin(greeting(base, attackers.flat()));
  const results: Result[] = [];
  for (const [index, each] of chosen.entries()) {
    printer.trying(each);
    if (each.rested) await sleep(WINDOW_MS);
    const result = await run(each, { ...base, insiders: attackers[index % attackers.length]! }, honest);
    results.push(result);
    printer.tried(result);
    if (result.verdict === 'SUCCEEDED' && !await isThere(base.target)) {
      const left = chosen.slice(index + 1).map(notReached);
      for (const other of left) printer.tried(other);
      results.push(...left);
      break;
    }
  }
  printer.end(results);
  return results;
}

function greeting({ target: { host, port }, addresses: from }: Base, attackers: readonly Insider[]): string {
  const names = attackers.map(({ name }) => name);
  const who = names.length > 2 ? `${names[0]} to -${names.length}` : names.join(' and ');
  const where = from.length > 0 ? `${from.length} addresses` : 'one address';
  return `Attacking ${host}, port ${port}, as ${who}, from ${where}.`;
}
