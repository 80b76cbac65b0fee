import { setImmediate as nextTurn } from 'node:timers/promises';
import { CELL, handshakeCell, M1, M2, M3, readHandshakeCell } from '../../support/attacker/cells.js';
import { Initiator, loginT0 } from '../../support/attacker/exchange.js';
import type { Line } from '../../support/attacker/line.js';
import { message, Session } from '../../support/attacker/session.js';
import { X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { forEach, spread, upTo } from './crowd.js';
import { affordable, knock, leave } from './doors.js';

/** In pieces of which each is a write of its own; the server, if it is quick, reads each for itself. */
async function inPieces(line: Line, bytes: Buffer, size: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    line.write(bytes.subarray(at, at + size));
    await nextTurn();
  }
}

/** M1 in two pieces: what is in front of the cut has arrived before the rest leaves. */
async function cutM1(field: Field, at: number, verdict: Verdict): Promise<void> {
  const [{ name, person }] = field.insiders;
  const line = await knock(field);
  const cell = handshakeCell(M1, new Initiator(name, { t0: loginT0, person }, [X25519]).body1);
  await new Promise((resolve) => line.socket.write(cell.subarray(0, at), resolve));
  await nextTurn();
  line.write(cell.subarray(at));
  const answer = await line.read(CELL);
  verdict.expect(answer !== undefined && readHandshakeCell(answer).type === M2, `M1 cut at ${at} is not understood`);
  line.socket.destroy();
}

/** A login byte by byte. @returns the session */
async function byteByByte(field: Field, size: number): Promise<Session> {
  const [, { name, person, certificates }] = field.insiders;
  const line = await knock(field);
  const initiator = new Initiator(name, { t0: loginT0, person, certificates }, [X25519]);
  await inPieces(line, handshakeCell(M1, initiator.body1), size);
  const { body3, agreed } = initiator.answer(readHandshakeCell((await line.read(CELL))!).body, field.server);
  await inPieces(line, handshakeCell(M3, body3), size);
  const session = new Session(line, name, { send: agreed.toResponder, receive: agreed.toInitiator });
  await session.expect('welc');
  return session;
}

/** The same pings in one packet, byte by byte and in odd pieces: the same pongs. */
async function pings(session: Session, verdict: Verdict): Promise<void> {
  const ways = [['in one packet', 4 * CELL], ['byte by byte', 1], ['in pieces of 1000', 1_000]] as const;
  for (const [what, size] of ways) {
    const records = Buffer.concat(['a', 'b', 'c'].map((each) => session.seal([message('ping', each)])));
    await inPieces(session.line, records, size);
    const answers = [await session.expect('pong'), await session.expect('pong'), await session.expect('pong')];
    verdict.expect(answers.map(({ payload }) => payload.toString()).join('') === 'abc', `three records ${what}`);
  }
}

export const splitPoints: Attack = {
  row: 'E5',
  title: 'bytes cut anywhere',
  async run(field) {
    const verdict = new Verdict();
    const wanted = [...upTo(64).slice(1), ...spread(upTo(CELL).slice(64), 64 * field.scale)];
    const points = spread(wanted, affordable(field, wanted.length));
    await forEach(points, 16, (at) => cutM1(field, at, verdict));
    const session = await byteByByte(field, 1);
    await pings(session, verdict);
    leave(session);
    return verdict.finding(
      `M1 cut at ${points.length} places; a login and three records byte by byte, in odd pieces, all in one packet`,
      'the same answers, however the bytes were cut',
    );
  },
};
