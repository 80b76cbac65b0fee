import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { CELL, handshakeCell, M1, M3, readHandshakeCell, refusalIn } from '../../support/attacker/cells.js';
import { Initiator, loginT0 } from '../../support/attacker/exchange.js';
import type { Target } from '../../support/attacker/line.js';
import type { Person } from '../../support/attacker/primitives.js';

/** A login that is going to fail, to learn from how it does. */
export interface Question {
  readonly kind: string;
  /** A new one where it is to be one that nobody has. */
  readonly username?: string;
  readonly person: Person;
  readonly certificates?: readonly Buffer[];
  readonly suites: readonly number[];
}

export interface Answer {
  readonly kind: string;
  readonly code: number;
  /** Milliseconds from M1 to M2, and from M3 to the refusal. */
  readonly m2: number;
  readonly refusal: number;
}

/** Asks, and takes the times when the bytes come and go: nothing here polls. */
export function ask(target: Target, question: Question, from?: string): Promise<Answer | undefined> {
  const { kind, username, person, certificates = [], suites } = question;
  const name = username ?? `n${randomBytes(4).toString('hex')}`;
  const initiator = new Initiator(name, { t0: loginT0, person, certificates }, suites);
  return new Promise((resolve) => {
    const socket = connect({ ...target, noDelay: true, ...(from === undefined ? {} : { localAddress: from }) });
    let [said, m2] = [0, NaN];
    const say = (type: number, body: Buffer) => {
      const cell = handshakeCell(type, body);
      said = performance.now();
      socket.write(cell);
    };
    socket.once('connect', () => say(M1, initiator.body1));
    socket.on('readable', () => {
      const now = performance.now();
      const cell = socket.read(CELL) as Buffer | null;
      if (cell?.length !== CELL) return;
      const code = refusalIn(cell);
      if (code === undefined) {
        m2 = now - said;
        say(M3, initiator.answer(readHandshakeCell(cell).body).body3);
      } else {
        socket.destroy();
        resolve({ kind, code, m2, refusal: now - said });
      }
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(undefined));
  });
}
