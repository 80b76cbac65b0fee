import type { Duplex } from 'node:stream';
import { decode, encode } from '../../common/bytes/codec.js';
import {
  type ExchangeKeys, finishRegistration, loginTranscript, respond, wipeKeys,
} from '../../common/crypto/exchange.js';
import { hashPassword, type Password, passwordCost } from '../../common/crypto/password.js';
import type { PublicIdentity } from '../../common/crypto/identity.js';
import { HandshakeError, LimitError, MessageAppError, TrustError, UsageError, WireError } from '../../common/errors.js';
import { openMessage, sealRecord } from '../../common/transport/single-record.js';
import { clientAtTheDesk, registrationQuestion, registrationRequest } from '../../common/wire/account-commands.js';
import { readCell, writeCell } from '../../common/wire/cell.js';
import { errorCodes, type ErrorName, serverCommands } from '../../common/wire/commands.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import type { Accounts } from '../accounts.js';
import { addressGroup } from './address.js';
import { Dismissed, dismiss } from './dismissed.js';
import type { HashQueue } from './hash-queue.js';
import { lastWords } from './last-words.js';
import { type LoginContext, pauseUntil, within } from './login.js';
import type { Caller } from './password-gate.js';
import { Rates } from './rate.js';

export interface RegistrationOptions {
  /** Only with an invitation, or anybody. */
  readonly mode: 'invite' | 'open';
  readonly accounts: Accounts;
}

const HOUR_MS = 3_600_000;
const TRIES = 3;

type Context = Omit<LoginContext, 'limits'>
  & { readonly limits: Pick<RelayLimits, 'proofMs' | 'refusalMs' | 'passwordMs' | 'registrations'> };

/** Who tries. */
interface Try {
  readonly identity: PublicIdentity;
  readonly address: string;
}

/** People enrol themselves (docs/PROTOCOL.md part 12). */
export class Registration {
  readonly #tries: Rates;

  constructor(
    private readonly options: RegistrationOptions,
    private readonly hashes: HashQueue,
    { limits, clock }: Pick<Context, 'limits' | 'clock'>,
  ) {
    this.#tries = new Rates({ rateMessages: limits.registrations, rateWindowMs: HOUR_MS }, clock);
  }

  /**
   * From M1 to `regd`, and closes. @returns who was enrolled
   * Throws Dismissed where the client was told why; else as `login`.
   */
  async serve(caller: Caller, m1: Buffer, context: Context): Promise<string> {
    const { socket } = caller;
    const { keys, identity } = await handshake(caller, m1, context);
    const place = (counter: bigint) => ({ username: '', key: keys.responderToInitiator, counter });
    let sent = 0n;
    try {
      const invited = this.options.mode === 'invite' ? 1 : 0;
      socket.write(sealRecord(place(sent++), { command: 'regi', payload: encode(registrationQuestion, { invited }) }));
      const late = context.clock.after(context.limits.passwordMs, () =>
        caller.abort.abort(new HandshakeError('too-slow', 'Nobody was registered in time.')));
      try {
        return await this.#talk(caller, context, keys, identity, (error) => {
          const payload = encode(serverCommands.erro, { code: errorCodes[error], about: Buffer.alloc(0), text: '' });
          socket.write(sealRecord(place(sent++), { command: 'erro', payload }));
        }, () => {
          const [regd, exit] = ['regd', 'exit'].map((command) => ({ command, payload: Buffer.alloc(0) }));
          lastWords(socket, sealRecord(place(sent++), regd!, exit!), context.clock);
        });
      } finally {
        late.cancel();
      }
    } catch (fault) {
      const told = whatToTell(fault);
      if (!told) throw fault;
      dismiss(socket, place(sent++), told, context.clock);
      throw new Dismissed((fault as MessageAppError).code, (fault as Error).message);
    } finally {
      wipeKeys(keys);
    }
  }

  async #talk(
    { socket, address, abort }: Caller, context: Context, keys: ExchangeKeys, identity: PublicIdentity,
    refuse: (error: ErrorName) => void, done: () => void,
  ): Promise<string> {
    for (let tries = 0; tries < TRIES; tries++) {
      const cell = await within(context.limits.passwordMs, socket, context.clock, abort);
      const place = { username: '', key: keys.initiatorToResponder, counter: BigInt(tries) };
      const request = decode(registrationRequest, openMessage(place, cell, clientAtTheDesk).payload);
      try {
        await this.#enrol(request, { identity, address }, context);
        done();
        return request.username;
      } catch (fault) {
        const error = refusalOf(fault);
        if (!error) throw fault;
        refuse(error);
      } finally {
        request.password.fill(0);
      }
    }
    throw new WireError('out-of-turn', 'regi: too many tries.');
  }

  async #enrol(request: Request, { identity, address }: Try, { registry }: Context): Promise<void> {
    const { username, email, invitation } = request;
    const group = addressGroup(address);
    if (this.#tries.wait(group) > 0) throw new LimitError('too-many', 'Too many registrations from this address.');
    this.#tries.count(group);
    const { accounts, mode } = this.options;
    const user = { username, identity, certificates: [] };
    const needed = mode === 'invite' ? invitation : undefined;
    const mayHave = () => registry.checkNew(user);
    // Before the hash, which costs some tenths of a second: who has no invitation gets none made. And again behind it.
    await accounts.check({ username, invitation: needed }, mayHave);
    const password = await this.#hash(request.password);
    await accounts.enrol({ username, identity, email, password, invitation: needed }, mayHave);
    registry.add(user, password);
  }

  async #hash(password: Buffer): Promise<Password | undefined> {
    return password.length === 0 ? undefined : this.hashes.run(() => hashPassword(password, passwordCost));
  }
}

interface Request {
  readonly username: string;
  readonly invitation: string;
  readonly email: string;
  readonly password: Buffer;
}

/** M2 and R3. @returns the keys, and the key that was proven */
async function handshake(
  { socket, abort }: { readonly socket: Duplex; readonly abort: AbortController }, m1: Buffer,
  { limits, clock, pool, identity, certificates }: Context,
): Promise<{ keys: ExchangeKeys; identity: PublicIdentity }> {
  const { body2, expecting } = await respond({
    t0: loginTranscript(), received: m1, named: false, ephemeral: (offered) => pool.take(offered),
    certificates, identity,
  });
  try {
    abort.signal.throwIfAborted();
    socket.write(writeCell('M2', body2));
    const cell = await within(limits.proofMs, socket, clock, abort);
    const arrived = clock.now();
    try {
      if (socket.readableLength > 0) throw new WireError('out-of-turn', 'R3: followed by more, before regi.');
      return finishRegistration(expecting, readCell(cell, ['R3']).body);
    } catch (fault) {
      if (!(fault instanceof WireError)) await pauseUntil(arrived + limits.refusalMs, clock, abort.signal);
      throw fault;
    }
  } finally {
    expecting.ephemeral.destroy();
  }
}

/** What may be tried again. */
function refusalOf(fault: unknown): ErrorName | undefined {
  if (fault instanceof UsageError && fault.code === 'bad-name') return 'nameTaken';
  if (!(fault instanceof TrustError)) return undefined;
  return fault.code === 'unasked' ? 'badInvitation' : 'nameTaken';
}

function whatToTell(fault: unknown): ErrorName | undefined {
  if (fault instanceof WireError) return fault.code === 'truncated' ? undefined : 'malformed';
  if (fault instanceof LimitError && fault.code === 'too-many') return 'limit';
  return fault instanceof HandshakeError && fault.code === 'too-slow' ? 'silence' : undefined;
}
