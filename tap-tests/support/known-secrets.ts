import { createHmac } from 'node:crypto';
import { labels } from '../../common/crypto/labels.js';
import { sha256 } from '../../common/crypto/node.js';

const hmac = (key: Buffer, ...data: (Buffer | string)[]) => {
  const state = createHmac('sha256', key);
  for (const part of data) state.update(part);
  return state.digest();
};

/** HKDF-Expand of docs/PROTOCOL.md, Notation, for 32 bytes. */
const expand = (prk: Buffer, label: string) => hmac(prk, label, Buffer.from([1]));

export interface Secrets {
  /** These have to be in memory still. */
  readonly live: ReadonlyMap<string, Buffer>;
  /** These have done their work. */
  readonly gone: ReadonlyMap<string, Buffer>;
}

/** What comes of an exchange, derived a second time (docs/PROTOCOL.md parts 2 and 5). */
export class KnownExchange {
  readonly k: Buffer;
  readonly prk: Buffer;
  readonly initiatorToResponder: Buffer;
  readonly responderToInitiator: Buffer;
  readonly renewal: Buffer;

  constructor(t2: Buffer, body3: Buffer, k: Buffer) {
    this.k = Buffer.from(k);
    this.prk = hmac(sha256(t2, body3), k);
    this.initiatorToResponder = expand(this.prk, labels.initiatorToResponder);
    this.responderToInitiator = expand(this.prk, labels.responderToInitiator);
    this.renewal = expand(this.prk, labels.renewalSecret);
  }
}

/** A chain's values after so many records, the last of them the one that lives. */
export function knownChain(which: string, chain0: Buffer, records: number): Secrets {
  const gone = new Map<string, Buffer>();
  let chain = chain0;
  for (let n = 0; n < records; n++) {
    gone.set(`${which}: chain ${n}`, chain).set(`${which}: message key ${n}`, hmac(chain, Buffer.from([1])));
    chain = hmac(chain, Buffer.from([2]));
  }
  return { gone, live: new Map([[`${which}: chain ${records}`, chain]]) };
}
