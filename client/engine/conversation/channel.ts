import type { ExchangeKeys } from '../../../common/crypto/exchange.js';
import { ReceivingChain, SendingChain } from '../../../common/crypto/ratchet.js';
import type { Secret } from '../../../common/crypto/secret.js';
import type { Role } from '../protocol.js';

/** The keys of an open conversation: a chain for each direction, and the secret that the next renewal is bound to. */
export class Channel {
  readonly sending: SendingChain;
  readonly receiving: ReceivingChain;
  #renewal: Secret;

  constructor(private readonly role: Role, keys: ExchangeKeys) {
    this.sending = new SendingChain(this.outwards(keys));
    this.receiving = new ReceivingChain(this.inwards(keys));
    this.#renewal = keys.renewal;
  }

  /** RS of docs/PROTOCOL.md part 5. */
  get renewalSecret(): Secret {
    return this.#renewal;
  }

  /** The key of the direction in which this side sends: the caller is the initiator of every exchange. */
  outwards(keys: ExchangeKeys): Secret {
    return this.role === 'caller' ? keys.initiatorToResponder : keys.responderToInitiator;
  }

  inwards(keys: ExchangeKeys): Secret {
    return this.role === 'caller' ? keys.responderToInitiator : keys.initiatorToResponder;
  }

  replaceRenewalSecret(secret: Secret): void {
    this.#renewal.wipe();
    this.#renewal = secret;
  }

  get wiped(): boolean {
    return this.#renewal.wiped;
  }

  wipe(): void {
    this.sending.wipe();
    this.receiving.wipe();
    this.#renewal.wipe();
  }
}
