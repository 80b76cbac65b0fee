import type { Timer } from '../../common/clock.js';
import type { Endpoint } from './endpoint.js';

/** A request that rings. */
export interface Call {
  readonly caller: Endpoint;
  readonly receiver: Endpoint;
  readonly ring: Timer;
}

/** The requests that ring, by caller and by receiver; at most one a pair. */
export class Calls {
  readonly #outgoing = new PairTable();
  readonly #incoming = new PairTable();

  get(caller: string, receiver: string): Call | undefined {
    return this.#outgoing.get(caller, receiver);
  }

  add(call: Call): void {
    this.#outgoing.set(call.caller.username, call.receiver.username, call);
    this.#incoming.set(call.receiver.username, call.caller.username, call);
  }

  /** @returns the call, which rings no more, or undefined where there is none */
  take(caller: string, receiver: string): Call | undefined {
    const call = this.#outgoing.get(caller, receiver);
    if (!call) return undefined;
    call.ring.cancel();
    this.#outgoing.delete(caller, receiver);
    this.#incoming.delete(receiver, caller);
    return call;
  }

  outgoing(caller: string): Call[] {
    return this.#outgoing.all(caller);
  }

  incoming(receiver: string): Call[] {
    return this.#incoming.all(receiver);
  }

  countOutgoing(caller: string): number {
    return this.#outgoing.count(caller);
  }

  countIncoming(receiver: string): number {
    return this.#incoming.count(receiver);
  }
}

class PairTable {
  readonly #rows = new Map<string, Map<string, Call>>();

  get(one: string, other: string): Call | undefined {
    return this.#rows.get(one)?.get(other);
  }

  set(one: string, other: string, call: Call): void {
    const row = this.#rows.get(one) ?? new Map<string, Call>();
    row.set(other, call);
    this.#rows.set(one, row);
  }

  delete(one: string, other: string): void {
    const row = this.#rows.get(one);
    row?.delete(other);
    if (row?.size === 0) this.#rows.delete(one);
  }

  all(one: string): Call[] {
    return [...this.#rows.get(one)?.values() ?? []];
  }

  count(one: string): number {
    return this.#rows.get(one)?.size ?? 0;
  }
}
