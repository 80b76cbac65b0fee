import { WireError } from '../errors.js';

/** A block of textual encoding, RFC 7468. */
export interface PemBlock {
  /** As in `-----BEGIN label-----`. */
  readonly label: string;
  readonly der: Buffer;
}

const BOUNDARY = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----[ \t]*$/;

/**
 * All blocks of a text, in order. Lines outside blocks are explanatory text (RFC 7468, 5.2) and passed over;
 * inside one there is nothing but canonical base64. Throws WireError 'malformed'.
 */
export function readPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let label: string | undefined;
  let base64 = '';
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, edge, name] = BOUNDARY.exec(line) ?? [];
    if (edge === undefined) {
      if (label !== undefined) base64 += line.trim();
    } else if (edge === 'BEGIN' && label === undefined) {
      label = name;
      base64 = '';
    } else if (edge === 'END' && label !== undefined && name === label) {
      blocks.push({ label, der: canonicalBase64(base64) });
      label = undefined;
    } else {
      throw new WireError('malformed', 'PEM: a block does not begin and end as it should');
    }
  }
  if (label !== undefined) throw new WireError('malformed', 'PEM: a block is cut off');
  return blocks;
}

function canonicalBase64(base64: string): Buffer {
  const der = Buffer.from(base64, 'base64');
  if (der.length === 0 || der.toString('base64') !== base64) {
    throw new WireError('malformed', 'PEM: not base64');
  }
  return der;
}

export function writePem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
