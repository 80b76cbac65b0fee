import type { Options } from 'yargs';
import { UsageError } from '../common/errors.js';
import { relayLimits, type RelayLimits } from '../common/wire/limits.js';

/** Times are options in seconds, and milliseconds inside. */
type Unit = 'seconds' | 'number';

interface LimitOption {
  readonly name: string;
  readonly unit: Unit;
  readonly min: number;
  readonly describe: string;
}

/** Longer times do not fit in the timers of Node (2^31 ms). */
const SECONDS_MAX = 2_000_000;
const NUMBER_MAX = 10_000_000;

const time = (name: string, describe: string, min = 0.01): LimitOption => ({ name, unit: 'seconds', min, describe });
const number = (name: string, describe: string, min = 1): LimitOption => ({ name, unit: 'number', min, describe });

/** An option for each limit of docs/PROTOCOL.md part 6: a limit without one does not compile. */
export const limitOptions: { readonly [K in keyof RelayLimits]: LimitOption } = {
  helloMs: time('hello', 'from connecting to M1'),
  proofMs: time('proof', 'from M2 to M3'),
  refusalMs: time('refusal', 'from M3 to the refusal of a login that fails'),
  silenceMs: time('silence', 'without a record, then a ping; as long again, then closed'),
  idleMs: time('idle', 'without a command or a message, then closed'),
  takeoverMs: time('takeover', 'to answer a ping when the same user logs in again'),
  ringMs: time('ring', 'a call rings'),
  refusedMs: time('refused', 'after a refusal, before the same user may be called again'),
  rateMessages: number('rate', 'messages of a user in --rate-window'),
  rateWindowMs: time('rate-window', 'the window of --rate'),
  waitingCells: number('waiting', 'cells that may wait for the rate on one connection', 16),
  connectionsPerAddress: number('connections', 'connections of one address (IPv4, or IPv6 /64)'),
  connectRate: number('connect-rate', 'new connections of one address a second'),
  connectBurst: number('connect-burst', 'new connections of one address at once'),
  handshakesPerAddress: number('handshakes-per-address', 'unfinished logins of one address'),
  handshakes: number('handshakes', 'unfinished logins in all'),
  conversationsPerUser: number('conversations', 'conversations of one user'),
  outgoingCalls: number('outgoing', 'calls that one user makes at a time'),
  incomingCalls: number('incoming', 'calls that reach one user at a time'),
  queueCells: number('queue', 'cells queued for one receiver; one conversation may take half', 32),
  allQueuesCells: number('all-queues', 'cells queued for all receivers together', 32),
  stalledMs: time('stalled', 'a receiver takes no byte, then closed'),
  poolKeys: number('pool', 'ephemeral RSA keys kept ready'),
  rooms: number('rooms', 'rooms at a time'),
  roomsPerUser: number('rooms-per-user', 'rooms that one user is in, and that it has made'),
  changes: number('changes', "changes of rooms' members that one user makes in --changes-window"),
  changesWindowMs: time('changes-window', 'the window of --changes'),
  readdMs: time('readd', 'after one is out of a room, before it may be added again'),
  knockMs: time('knock', 'before a room is told again that the same user asks to enter'),
  passwordMs: time('password', 'to answer the question for the password, or to register'),
  registrations: number('registrations', 'tries to register, of one address in an hour'),
};

const entries = Object.entries(limitOptions) as [keyof RelayLimits, LimitOption][];

/** The options for yargs. */
export const limitYargs = (group: string): Record<string, Options> => Object.fromEntries(
  entries.map(([limit, { name, unit, describe }]) => [name, {
    group,
    type: 'number',
    requiresArg: true,
    default: unit === 'seconds' ? relayLimits[limit] / 1000 : relayLimits[limit],
    describe: unit === 'seconds' ? `Seconds: ${describe}` : `Number of ${describe}`,
  }]),
);

/** The limits from what yargs has parsed. Throws UsageError 'bad-argument'. */
export function limitsFrom(parsed: Readonly<Record<string, unknown>>): RelayLimits {
  const limits = entries.map(([limit, option]) => [limit, checked(option, parsed[option.name])]);
  return Object.fromEntries(limits) as unknown as RelayLimits;
}

function checked({ name, unit, min }: LimitOption, value: unknown): number {
  const max = unit === 'seconds' ? SECONDS_MAX : NUMBER_MAX;
  const whole = unit === 'seconds' || Number.isInteger(value);
  if (typeof value !== 'number' || !(value >= min && value <= max) || !whole) {
    const what = unit === 'seconds' ? 'a number of seconds' : 'a whole number';
    throw new UsageError('bad-argument', `--${name} is ${what} from ${min} to ${max}.`);
  }
  return unit === 'seconds' ? Math.round(value * 1000) : value;
}
