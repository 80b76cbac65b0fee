import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../common/clock.js';
import type { EphemeralPool } from '../../common/crypto/ephemeral-pool.js';
import { type ExchangeKeys, finish, loginTranscript, respond } from '../../common/crypto/exchange.js';
import type { Identity } from '../../common/crypto/identity.js';
import { HandshakeError, TrustError, WireError } from '../../common/errors.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { readCell, writeCell } from '../../common/wire/cell.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import type { Enrolment, Registry } from './registry.js';

export interface LoginContext {
  readonly limits: Pick<RelayLimits, 'helloMs' | 'proofMs' | 'refusalMs'>;
  readonly clock: Clock;
  readonly pool: Pick<EphemeralPool, 'take'>;
  readonly registry: Registry;
  readonly identity: Identity;
  /** The server's own first. */
  readonly certificates: readonly Buffer[];
}

export interface LoggedIn {
  readonly user: Enrolment;
  readonly keys: ExchangeKeys;
  /** Of the next record in both directions: 1 behind `pass`. */
  readonly counter: bigint;
  readonly suite: string;
}

/**
 * The server's side of M1 to M3 (docs/PROTOCOL.md part 2). Throws WireError, HandshakeError, TrustError; and the reason
 * of `abort`, which this aborts itself at a deadline.
 * @param named is told the name that M1 claims
 * @param m1 its body, where it has been read
 */
export async function login(
  socket: Duplex, context: LoginContext, abort: AbortController, named: (username: string) => void, m1?: Buffer,
): Promise<LoggedIn> {
  const { limits, clock, pool, registry, identity, certificates } = context;
  const { body2, expecting, username, suite } = await respond({
    t0: loginTranscript(),
    received: m1 ?? await firstBody(socket, context, abort),
    named: true,
    ephemeral: (offered) => pool.take(offered),
    certificates,
    identity,
  });
  named(username);
  try {
    abort.signal.throwIfAborted();
    socket.write(writeCell('M2', body2));

    const cell3 = await within(limits.proofMs, socket, clock, abort);
    const arrived = clock.now();
    try {
      abort.signal.throwIfAborted();
      if (socket.readableLength > 0) throw new WireError('out-of-turn', 'M3: followed by more, before M4.');
      let user: Enrolment | undefined;
      const keys = finish(expecting, readCell(cell3, ['M3']).body, (brought) => {
        user = registry.find(username, brought);
        registry.password(username);
        return user.identity;
      });
      registry.enrol(user!);
      return { user: user!, keys, counter: 0n, suite: suite.name };
    } catch (fault) {
      if (!(fault instanceof WireError)) await pauseUntil(arrived + limits.refusalMs, clock, abort.signal);
      throw fault;
    }
  } finally {
    expecting.ephemeral.destroy();
  }
}

/** The body of M1, if it comes in time. */
export async function firstBody(
  socket: Duplex, { limits, clock }: Pick<LoginContext, 'limits' | 'clock'>, abort: AbortController,
): Promise<Buffer> {
  return readCell(await within(limits.helloMs, socket, clock, abort), ['M1']).body;
}

/** The next cell, if it comes in time. */
export async function within(ms: number, socket: Duplex, clock: Clock, abort: AbortController): Promise<Buffer> {
  const tooSlow = () => abort.abort(new HandshakeError('too-slow', `Nothing came within ${ms / 1000} s.`));
  const deadline = clock.after(ms, tooSlow);
  try {
    return await readHandshakeCell(socket, abort.signal);
  } finally {
    deadline.cancel();
  }
}

/** Never sooner: a timer counts from the beginning of its turn of the event loop, which may have been a while ago. */
export function pauseUntil(due: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: Timer | undefined;
    const done = () => {
      timer?.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const look = () => {
      const left = due - clock.now();
      if (left > 0 && !signal.aborted) timer = clock.after(left, look);
      else done();
    };
    signal.addEventListener('abort', done);
    look();
  });
}

/** What a client is told: a code, or nothing where there is nobody to tell. */
export function refusalFor(fault: unknown): number | undefined {
  if (fault instanceof WireError) return fault.code === 'truncated' ? undefined : 1;
  if (fault instanceof TrustError) return 3;
  if (!(fault instanceof HandshakeError)) return 5;
  if (fault.code === 'no-common-suite') return 2;
  if (fault.code === 'too-slow') return 6;
  if (fault.code === 'refused') return 7;
  return 3;
}
