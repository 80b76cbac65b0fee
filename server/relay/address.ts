import { addressBytes } from '../../common/crypto/server-name.js';

const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/**
 * What counts as one address (docs/PROTOCOL.md part 6): an IPv4 address, also where it comes mapped into IPv6, or an
 * IPv6 /64, which is what one customer of a provider has at least.
 */
export function addressGroup(address: string): string {
  const bytes = addressBytes(address);
  if (!bytes) return address;
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.subarray(0, MAPPED.length).equals(MAPPED)) return bytes.subarray(MAPPED.length).join('.');
  return `${bytes.toString('hex', 0, 8)}/64`;
}
