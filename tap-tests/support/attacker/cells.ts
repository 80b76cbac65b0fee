import { Fields, u16, u8 } from './bytes.js';

export const CELL = 4096;
export const M1 = 1;
export const M2 = 2;
export const M3 = 3;
export const REFUSAL = 15;

/** A handshake cell (docs/PROTOCOL.md, part 2), also one whose fields lie. */
export function handshakeCell(type: number, body: Buffer, lie: {
  readonly magic?: string; readonly version?: number; readonly n?: number; readonly padding?: number;
} = {}): Buffer {
  const cell = Buffer.alloc(CELL, lie.padding ?? 0);
  Buffer.concat([Buffer.from(lie.magic ?? 'MSGA'), u8(lie.version ?? 2), u8(type), u16(lie.n ?? body.length), body]).copy(cell);
  return cell;
}

export function readHandshakeCell(cell: Buffer): { type: number; body: Buffer } {
  const fields = new Fields(cell);
  if (fields.take(4).toString('latin1') !== 'MSGA' || fields.u8() !== 2) throw new Error('no cell of a handshake');
  const type = fields.u8();
  return { type, body: fields.vec16() };
}

/** The code of a refusal, if the cell is one. */
export const refusalIn = (cell: Buffer): number | undefined =>
  (cell.subarray(0, 6).toString('hex') === '4d534741020f' ? cell.readUInt16BE(8) : undefined);
