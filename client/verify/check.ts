import { parseCertificate } from '../../common/crypto/certificate.js';
import type { PublicIdentity } from '../../common/crypto/identity.js';
import { SignedHistory } from '../../common/crypto/signed-history.js';
import { type Signer, signers, verifyHash } from '../../common/crypto/signed-text.js';
import { MessageAppError, WireError } from '../../common/errors.js';
import { type Entry, type Header, readEntry, readHeader, type TranscriptParty } from '../transcript/lines.js';

/** What is wrong, and where: lines are counted from 1. */
export interface Fault {
  readonly line: number;
  readonly why: string;
}

/** How much of what a side has said the other has signed for. */
export interface Proven {
  readonly said: number;
  /** The other has signed, in a receipt or a text, that it has the first so many. */
  readonly acknowledged: number;
}

/**
 * Follows a transcript from its first line on (docs/PROTOCOL.md part 11): each line has to be written as it has to be,
 * to be the next of its sender, and to have a signature that fits everything before it.
 */
export class TranscriptCheck {
  header: Header | undefined;
  readonly entries: Entry[] = [];
  /** The first thing that is wrong; nothing is looked at behind it. */
  fault: Fault | undefined;
  #history: SignedHistory | undefined;
  #lines = 0;

  /** Takes the next line, without its LF. @returns whether it fits */
  take(line: string): boolean {
    if (this.fault) return false;
    this.#lines++;
    try {
      if (this.#history) this.#takeEntry(readEntry(line));
      else this.#begin(readHeader(line));
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
      this.#stop(error.message);
    }
    return this.fault === undefined;
  }

  /** What comes behind the last line that was taken is no line. */
  refuse(why: string): void {
    this.#lines++;
    this.#stop(why);
  }

  #stop(why: string): void {
    this.fault ??= { line: this.#lines, why };
  }

  proven(signer: Signer): Proven {
    const other = signer === 'caller' ? 'receiver' : 'caller';
    return { said: this.#history?.count(signer) ?? 0, acknowledged: this.#history?.seen(other) ?? 0 };
  }

  #begin(header: Header): void {
    sides.forEach((side) => checkCertificates(header[side]));
    const party = (side: Signer) => ({ username: header[side].name, fingerprint: header[side].key.fingerprint });
    this.#history = new SignedHistory(header.conversation, party('caller'), party('receiver'));
    this.header = header;
  }

  #takeEntry(entry: Entry): void {
    const { signer, key } = this.#signer(entry.from);
    const history = this.#history!;
    if (entry.is === 'receipt') {
      const { hash, commit } = history.receipt(signer, entry.own, entry.other);
      verifyHash('signedReceipt', hash, entry.signature, key);
      commit();
    } else {
      const step = entry.is === 'text' ? history.text(signer, entry) : history.hashed(signer, entry);
      if (entry.n !== step.n) {
        throw new WireError('malformed', `it is text ${entry.n} of ${entry.from}, but text ${step.n} is due`);
      }
      verifyHash('signedText', step.hash, entry.signature, key);
      step.commit();
    }
    this.entries.push(entry);
  }

  #signer(name: string): { signer: Signer; key: PublicIdentity } {
    const { caller, receiver } = this.header!;
    if (name === caller.name) return { signer: 'caller', key: caller.key };
    if (name === receiver.name) return { signer: 'receiver', key: receiver.key };
    throw new WireError('malformed', `${name} is neither side of this conversation`);
  }
}

const sides = Object.keys(signers) as Signer[];

/** They can be read, and the first is of the key beside it; whether an authority's word counts is asked later. */
function checkCertificates({ name, key, certificates }: TranscriptParty): void {
  const [own] = certificates.map(parseCertificate);
  if (own && !own.publicKey.spki.equals(key.spki)) {
    throw new WireError('malformed', `the certificate of ${name} is of another key`);
  }
}
