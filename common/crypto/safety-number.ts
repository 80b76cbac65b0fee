import { labels } from './labels.js';
import { hkdfExpand, sha256 } from './node.js';

export interface Party {
  readonly username: string;
  /** SHA-256 of the SPKI, 32 bytes. */
  readonly fingerprint: Buffer;
}

const GROUPS = 12;
const GROUP_BYTES = 5;

/** Twelve groups of five digits, the same for both sides (docs/PROTOCOL.md part 5). */
export function safetyNumber(one: Party, other: Party): string {
  const [a, b] = [one, other]
    .map(({ username, fingerprint }) => Buffer.concat([Buffer.from([username.length]), Buffer.from(username, 'latin1'), fingerprint]))
    .sort(Buffer.compare);
  const x = hkdfExpand(sha256(a!, b!), labels.safetyNumber, GROUPS * GROUP_BYTES);
  return digits(x);
}

/** Groups of five digits, one for every five bytes: big-endian, modulo 100,000. */
export function digits(bytes: Buffer): string {
  return Array.from({ length: bytes.length / GROUP_BYTES }, (_, group) =>
    String(bytes.readUIntBE(group * GROUP_BYTES, GROUP_BYTES) % 100_000).padStart(5, '0')).join(' ');
}
