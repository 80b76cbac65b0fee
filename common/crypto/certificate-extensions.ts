import {
  Fields, readElements, readNamedBits, readOid, readOnly, readTrue, tag, unsigned,
} from '../bytes/der.js';
import { WireError } from '../errors.js';

/** What the extensions of a certificate say (RFC 5280, 4.2.1), as far as this protocol asks. */
export interface Extensions {
  /** basicConstraints says that it may issue certificates. */
  readonly isAuthority: boolean;
  /** How many further authorities may stand between it and the last certificate; undefined: any number. */
  readonly pathLength: number | undefined;
  /** Numbers of the bits of keyUsage; undefined without the extension. */
  readonly keyUsage: ReadonlySet<number> | undefined;
  /** Object identifiers of extendedKeyUsage; undefined without the extension. */
  readonly purposes: ReadonlySet<string> | undefined;
  /** DNS names of subjectAltName as they stand there: not checked, not safe to print. */
  readonly dnsNames: readonly string[];
  /** Addresses of subjectAltName, 4 or 16 bytes each. */
  readonly addresses: readonly Buffer[];
}

export const keyUsage = { digitalSignature: 0, keyCertSign: 5 } as const;
export const purpose = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const NAME_CONSTRAINTS = '2.5.29.30';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const UNDERSTOOD = new Set([KEY_USAGE, SUBJECT_ALT_NAME, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE]);

/** Context tags of GeneralName (RFC 5280, 4.2.1.6). */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

const fault = (what: string) => new WireError('malformed', what);

/**
 * Reads the SEQUENCE of extensions. A critical one that is not understood, one that is there twice, and name
 * constraints (nobody here would check them) are refused. Throws WireError 'malformed'.
 */
export function readExtensions(sequence: Buffer): Extensions {
  const values = new Map<string, Buffer>();
  for (const element of readElements(readOnly(sequence, tag.sequence, 'extensions').content)) {
    const fields = new Fields(readOnly(element.whole, tag.sequence, 'extension').content, 'extension');
    const id = readOid(fields.next(tag.oid), 'extension');
    const critical = fields.optional(tag.boolean);
    if (critical) readTrue(critical, 'critical');
    if (critical && !UNDERSTOOD.has(id)) throw fault(`its critical extension ${id} is not understood`);
    if (id === NAME_CONSTRAINTS) throw fault('it has name constraints, which are not supported');
    if (values.has(id)) throw fault(`its extension ${id} is there twice`);
    values.set(id, fields.next(tag.octetString).content);
    fields.end();
  }
  if (values.size === 0) throw fault('its list of extensions is empty');
  return {
    ...readBasicConstraints(values.get(BASIC_CONSTRAINTS)),
    ...readSubjectAltName(values.get(SUBJECT_ALT_NAME)),
    keyUsage: readKeyUsage(values.get(KEY_USAGE)),
    purposes: readPurposes(values.get(EXTENDED_KEY_USAGE)),
  };
}

function readBasicConstraints(der?: Buffer): Pick<Extensions, 'isAuthority' | 'pathLength'> {
  if (!der) return { isAuthority: false, pathLength: undefined };
  const fields = new Fields(readOnly(der, tag.sequence, 'basicConstraints').content, 'basicConstraints');
  const authority = fields.optional(tag.boolean);
  const length = fields.optional(tag.integer);
  fields.end();
  if (authority) readTrue(authority, 'basicConstraints');
  if (length && !authority) throw fault('it has a path length without being an authority');
  const digits = length && unsigned(length, 'path length');
  if (digits && digits.length > 1) throw fault('its path length is not sensible');
  return { isAuthority: authority !== undefined, pathLength: digits?.readUInt8(0) };
}

function readKeyUsage(der?: Buffer): ReadonlySet<number> | undefined {
  return der && readNamedBits(readOnly(der, tag.bitString, 'keyUsage'), 'keyUsage');
}

function readPurposes(der?: Buffer): ReadonlySet<string> | undefined {
  if (!der) return undefined;
  const purposes = readElements(readOnly(der, tag.sequence, 'extendedKeyUsage').content);
  if (purposes.length === 0) throw fault('its list of purposes is empty');
  return new Set(purposes.map((element) => readOid(element, 'extendedKeyUsage')));
}

function readSubjectAltName(der?: Buffer): Pick<Extensions, 'dnsNames' | 'addresses'> {
  const names = der ? readElements(readOnly(der, tag.sequence, 'subjectAltName').content) : [];
  if (der && names.length === 0) throw fault('its list of alternative names is empty');
  const of = (kind: number) => names.filter((name) => name.tag === kind).map((name) => name.content);
  const addresses = of(IP_ADDRESS);
  if (addresses.some(({ length }) => length !== 4 && length !== 16)) {
    throw fault('an IP address of unfit length');
  }
  return { dnsNames: of(DNS_NAME).map((name) => name.toString('latin1')), addresses };
}
