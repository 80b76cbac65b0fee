import { isIP, isIPv4 } from 'node:net';
import type { Certificate } from './certificate.js';

/**
 * Whether a certificate is for the host that was dialled (RFC 9525, without wildcards and without the common name).
 * A DNS name is compared without regard to case, an address by its value; a DNS name never stands for an address.
 * @param serverName a DNS name (a dot at its end is no part of it) or an IP address, in brackets or not
 */
export function isFor(certificate: Certificate, serverName: string): boolean {
  const address = addressBytes(serverName);
  if (address) return certificate.addresses.some((each) => each.equals(address));
  const wanted = serverName.replace(/\.$/, '').toLowerCase();
  return wanted !== '' && !wanted.includes('*') && certificate.dnsNames.some((name) => name.toLowerCase() === wanted);
}

/** 4 or 16 bytes, or undefined for what is not an IP address. A zone (`%eth0`) is not part of the value. */
export function addressBytes(text: string): Buffer | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  if (isIP(bare) === 0) return undefined;
  if (isIPv4(bare)) return Buffer.from(bare.split('.').map(Number));
  const [, head = '', dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare) ?? [];
  const groups = dotted === undefined ? bare : head + Buffer.from(dotted.split('.').map(Number)).toString('hex').replace(/^.{4}/, '$&:');
  const [before = [], after = []] = groups.split('::').map((side) => side.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** An address of 4 or 16 bytes as people write it. */
export function showAddress(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = (bytes.toString('hex').match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''));
  const [longest] = groups.join(':').match(/\b0(:0)+\b/g)?.sort((a, b) => b.length - a.length) ?? [];
  if (longest === undefined) return groups.join(':');
  return groups.join(':').replace(longest, '').replace(/^:?(.*?):?$/, '$1').replace(/^$/, '::')
    .replace(/^(?!.*::)(.*)$/, (rest) => rest);
}
