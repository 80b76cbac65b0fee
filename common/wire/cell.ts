import { WireError } from '../errors.js';
import { CELL, CELL_BODY_MAX, CELL_HEADER } from './limits.js';

/** Handshake cells, docs/PROTOCOL.md part 2. */
export const MAGIC = Buffer.from('MSGA', 'latin1');
export const VERSION = 2;

export const cellTypes = { M1: 1, M2: 2, M3: 3, R3: 4, refusal: 15 } as const;
export type CellType = keyof typeof cellTypes;

/** @returns 4096 bytes */
export function writeCell(type: CellType, body: Buffer): Buffer {
  if (body.length > CELL_BODY_MAX) {
    throw new WireError('malformed', `${type}: a body of ${body.length} bytes does not fit in a cell`);
  }
  const cell = Buffer.alloc(CELL);
  MAGIC.copy(cell);
  cell.writeUInt8(VERSION, 4);
  cell.writeUInt8(cellTypes[type], 5);
  cell.writeUInt16BE(body.length, 6);
  body.copy(cell, CELL_HEADER);
  return cell;
}

/**
 * Reads 4096 bytes, in the order magic, version, type, length, zeros.
 * Throws WireError 'wrong-version' (magic or version), 'out-of-turn' (type), 'malformed'.
 * @returns the body, not yet looked at
 */
export function readCell(cell: Buffer, allowed: readonly CellType[]): { type: CellType; body: Buffer } {
  if (!cell.subarray(0, 4).equals(MAGIC)) throw new WireError('wrong-version', 'The other side does not speak this protocol.');
  if (cell.readUInt8(4) !== VERSION) {
    throw new WireError('wrong-version', `The other side speaks version ${cell.readUInt8(4)} of the protocol, not ${VERSION}.`);
  }
  const type = allowed.find((name) => cellTypes[name] === cell.readUInt8(5));
  if (!type) throw new WireError('out-of-turn', `A cell of type ${cell.readUInt8(5)} instead of ${allowed.join(' or ')}.`);
  const length = cell.readUInt16BE(6);
  if (length > CELL_BODY_MAX) throw new WireError('malformed', `${type}: a body of ${length} bytes`);
  if (!isZero(cell.subarray(CELL_HEADER + length))) throw new WireError('malformed', `${type}: the padding is not zero`);
  return { type, body: cell.subarray(CELL_HEADER, CELL_HEADER + length) };
}

/** After M3 a client takes such a cell for a refusal, and anything else for a record. */
export function isRefusalCell(cell: Buffer): boolean {
  return cell.subarray(0, 4).equals(MAGIC) && cell[4] === VERSION && cell[5] === cellTypes.refusal;
}

const zeros = Buffer.alloc(64 * 1024);

export function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeros.subarray(0, bytes.length));
}
