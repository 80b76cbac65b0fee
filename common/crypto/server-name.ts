import { isIP, isIPv4 } from 'node:net';
import type { Certificate } from './certificate.js';

/**
 * Whether a certificate is for the host that was dialled (RFC 9525, without wildcards and without the common
 * name). A DNS name is compared without regard to case, an address by its value; a DNS name never stands for
 * an address.
 * @param serverName a DNS name (a dot at its end is no part of it) or an IP address, in brackets or not
 */
export function isFor(certificate: Certificate, serverName: string): boolean {
  const address = addressBytes(serverName);
  if (address) return certificate.addresses.some((each) => each.equals(address));
  const wanted = serverName.replace(/\.$/, '').toLowerCase();
  if (wanted === '' || wanted.includes('*')) return false;
  return certificate.dnsNames.some((name) => name.toLowerCase() === wanted);
}

/** 4 or 16 bytes, or undefined for what is not an IP address. A zone (`%eth0`) is not part of the value. */
export function addressBytes(text: string): Buffer | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  if (isIP(bare) === 0) return undefined;
  if (isIPv4(bare)) return Buffer.from(bare.split('.').map(Number));
  const [, head = '', dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare) ?? [];
  const tail = Buffer.from((dotted ?? '').split('.').map(Number)).toString('hex').replace(/^.{4}/, '$&:');
  const groups = dotted === undefined ? bare : head + tail;
  const [before = [], after = []] = groups.split('::').map((side) => side.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** An address of 4 or 16 bytes as people write it: of IPv6 the short form (RFC 5952), which URL makes. */
export function showAddress(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  return new URL(`http://[${bytes.toString('hex').replace(/.{4}(?=.)/g, '$&:')}]`).hostname.slice(1, -1);
}
