import type { Socket } from 'node:net';
import { decode } from '../../../common/bytes/codec.js';
import { answer, initiate, loginTranscript } from '../../../common/crypto/exchange.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { body1, body3, refusal } from '../../../common/wire/bodies.js';
import { type CellType, isRefusalCell, readCell, writeCell } from '../../../common/wire/cell.js';
import { CELL, CELL_BODY_MAX, CELL_HEADER } from '../../../common/wire/limits.js';
import { mutate, type Random } from '../../support/mutations.js';
import { connectTo, nextBody } from '../../support/raw-client.js';
import { until } from '../../support/until.js';
import { check } from '../target.js';
import { decodes, material, type Place } from './place.js';

/** Logins that go wrong, each with what the server has to say to it (docs/PROTOCOL.md part 2). */
export type HostileLogin = (place: Place, username: string, random: Random) => Promise<string>;

/** A cell of 4096 bytes with a body that was changed, or a cell that was. */
export function spoiled(type: CellType, body: Buffer, random: Random): Buffer {
  if (random(2) === 0) return writeCell(type, mutate(body, random, material).subarray(0, CELL_BODY_MAX));
  const cell = writeCell(type, body);
  mutate(cell.subarray(0, CELL_HEADER + body.length), random, material).copy(cell);
  return cell;
}

async function refusedWith(socket: Socket): Promise<number> {
  const cell = await readHandshakeCell(socket, AbortSignal.timeout(10_000));
  check(isRefusalCell(cell), 'something else than a refusal');
  const { code } = decode(refusal, readCell(cell, ['refusal']).body);
  socket.resume();
  await until('the end after a refusal', () => socket.readableEnded || socket.destroyed);
  socket.destroy();
  return code;
}

/** What a server that supports both suites says to M1: M2, or a refusal. */
function dueAfterM1(cell: Buffer): 'M2' | 1 | 2 {
  let due: 'M2' | 1 | 2 = 1;
  decodes(() => {
    const { username, suites } = decode(body1, readCell(cell, ['M1']).body);
    if (username !== '') due = suites.some((id) => id === 1 || id === 2) ? 'M2' : 2;
  });
  return due;
}

/** M1 that was changed. */
export const spoiledHello: HostileLogin = async (place, username, random) => {
  const socket = await connectTo(place);
  const cell = spoiled('M1', initiate(loginTranscript(), username, [x25519Suite]).body1, random);
  socket.write(cell);
  const due = dueAfterM1(cell);
  if (due === 'M2') {
    await nextBody(socket, 'M2');
    socket.destroy();
    return 'M1 spoiled, M2';
  }
  const code = await refusedWith(socket);
  check(code === due, `M1: refused with ${code} and not ${due}`);
  return `M1 refused ${code}`;
};

/** M3 that was changed, or has more behind it. */
export const spoiledProof: HostileLogin = async (place, username, random) => {
  const socket = await connectTo(place);
  const { body1: said, expecting } = initiate(loginTranscript(), username, [x25519Suite]);
  socket.write(writeCell('M1', said));
  const own = { identity: place.identityOf(username), certificates: [] };
  const { body3: body } = await answer(expecting, await nextBody(socket, 'M2'), own, () => place.server);
  const right = writeCell('M3', body);
  const cell = random(6) === 0 ? right : spoiled('M3', body, random);
  const isRight = cell.equals(right);
  socket.write(isRight ? Buffer.concat([cell, Buffer.alloc(1)]) : cell);
  const due = !isRight && decodes(() => decode(body3, readCell(cell, ['M3']).body)) ? 3 : 1;
  const code = await refusedWith(socket);
  check(code === due, `M3: refused with ${code} and not ${due}`);
  return `M3 refused ${code}`;
};

const HTTP = Buffer.from('GET / HTTP/1.1\r\n\r\n');

/** Bytes of a login that stop somewhere, or that are none. */
export const cutLogin: HostileLogin = async (place, username, random) => {
  const socket = await connectTo(place);
  const { body1: said } = initiate(loginTranscript(), username, [x25519Suite]);
  socket.write(random(4) === 0 ? HTTP : writeCell('M1', said).subarray(0, random(CELL)));
  if (random(2) === 0) await new Promise(setImmediate);
  socket.destroy();
  return 'cut';
};
