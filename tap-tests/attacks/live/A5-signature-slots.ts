import { readHandshakeCell } from '../../support/attacker/cells.js';
import { chatT0 } from '../../support/attacker/conversation.js';
import { loginT0, readM2, statement } from '../../support/attacker/exchange.js';
import type { Faults } from '../../support/attacker/faults.js';
import { loginOn } from '../../support/attacker/login.js';
import { sha256, signAs } from '../../support/attacker/primitives.js';
import { X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, type Insider, Verdict } from './attack.js';
import { forEach } from './crowd.js';
import { knock } from './doors.js';
import { NOT_AUTHENTICATED, outcomeText } from './outcomes.js';
import { Tape } from './tape.js';

/** What the attacker knows when it signs: both bodies before M3, and what M3 has to be signed over. */
interface Seen {
  readonly body1: Buffer;
  readonly body2: Buffer;
  readonly due: Buffer;
  readonly own: Insider;
}

type Forge = (seen: Seen) => Buffer;

const signed = (data: (seen: Seen) => Buffer): Forge => (seen) => signAs(seen.own.person.privateKey, data(seen));
const hash = ({ due }: Seen): Buffer => due.subarray(-32);
/** t2s, which the server has signed. */
const ofM2 = ({ body1, body2 }: Seen): Buffer => sha256(sha256(loginT0, body1), readM2(body2).unsigned);

const signatures: [what: string, forge: Forge][] = [
  ["M2's own signature", ({ body2 }) => readM2(body2).signature],
  ["the label of M2's", signed((seen) => statement('responder', hash(seen)))],
  ['over what M2 is signed over', signed((seen) => statement('initiator', ofM2(seen)))],
  ["over what M2 is signed over, with M2's label", signed((seen) => statement('responder', ofM2(seen)))],
  ['the label without its zero', signed((seen) => Buffer.concat([Buffer.from('MessageApp/2 initiator'), hash(seen)]))],
  ['no label', signed(hash)],
  ['over nothing', signed(() => Buffer.alloc(0))],
  ['over the bodies themselves', signed(({ body1, body2 }) => Buffer.concat([body1, body2]))],
  ['zeros', () => Buffer.alloc(64)],
];

/** t0 of the other two exchanges, and of none. */
const transcripts: [what: string, t0: (own: Insider, other: Insider) => Buffer][] = [
  ['t0 of the label chat', () => sha256('MessageApp/2 chat')],
  ['t0 of the label renewal', () => sha256('MessageApp/2 renewal')],
  ['t0 of a chat', ({ name, person }, other) =>
    chatT0(Buffer.alloc(8, 1), name, other.name, person.spki, other.person.spki)],
  ['t0 of zeros', () => Buffer.alloc(32)],
];

async function tryFaults(field: Field, verdict: Verdict, what: string, forge?: Forge, t0?: Buffer): Promise<void> {
  const [own] = field.insiders;
  const line = await knock(field);
  const tape = new Tape(line);
  let due = Buffer.alloc(0);
  const body = (cell: Buffer) => readHandshakeCell(cell).body;
  const faults: Faults = {
    ...(t0 ? { t0 } : {}),
    signed: (data) => (due = Buffer.from(data)),
    signature: (right) =>
      forge?.({ body1: body(tape.sentCell(0)), body2: body(tape.receivedCell(0)), due, own }) ?? right,
  };
  const { name, person, certificates } = own;
  const outcome = await loginOn(line, name, { person, certificates, suites: [X25519], faults });
  const held = outcome.is === 'refused' && outcome.code === NOT_AUTHENTICATED;
  verdict.expect(held, `${what}: ${outcomeText(outcome)}`);
  line.socket.destroy();
}

export const signatureSlots: Attack = {
  row: 'A5',
  title: "signatures of other places in M3's place",
  async run(field) {
    const verdict = new Verdict();
    const [own, other] = field.insiders;
    await forEach(signatures, 16, ([what, forge]) => tryFaults(field, verdict, what, forge));
    await forEach(transcripts, 16, ([what, t0]) => tryFaults(field, verdict, what, undefined, t0(own, other)));
    return verdict.finding(
      `logins signed with the right key over what another signature is over: ${signatures.length} signatures, `
        + `${transcripts.length} transcripts`,
      'each refused with 3',
    );
  },
};
