import { type Certificate, parseCertificate } from './certificate.js';

/**
 * Certificates of chains that have verified, by their bytes: whoever logs in again costs less. What a certificate says
 * and whose signature is on it never changes; dates, purposes, names and trust do, and are looked at each time.
 */
export class KnownCertificates {
  readonly #known = new Map<string, Certificate>();

  /** @param most that are remembered; then the one that came first is forgotten */
  constructor(private readonly most: number) {}

  get size(): number {
    return this.#known.size;
  }

  /** Throws TrustError 'bad-certificate' like parseCertificate. */
  read(der: Buffer): Certificate {
    return this.#known.get(bytesOf(der)) ?? parseCertificate(der);
  }

  /** To be called with a chain that leads to a trusted authority: what strangers make themselves gets no room here. */
  remember(chain: readonly Certificate[]): void {
    for (const certificate of chain) {
      this.#known.set(bytesOf(certificate.der), certificate);
      if (this.#known.size > this.most) this.#known.delete(this.#known.keys().next().value!);
    }
  }
}

/** The bytes themselves, and no hash of them. */
const bytesOf = (der: Buffer): string => der.toString('latin1');
