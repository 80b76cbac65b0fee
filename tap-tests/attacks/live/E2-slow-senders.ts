import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { CELL, handshakeCell, M3, refusalIn } from '../../support/attacker/cells.js';
import { Line } from '../../support/attacker/line.js';
import { noiseM1 } from '../../support/attacker/noise.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { upTo } from './crowd.js';
import { Honest } from './honest.js';

/** What a busy machine may add to a deadline. */
const MORE_MS = 3_000;

/** Below the unfinished handshakes that one address may have. */
const OF_ONE_ADDRESS = 12;

const [BUSY, TOO_SLOW] = [5, 6];

/** A byte whenever its time comes, for ever. */
function drip(line: Line, bytes: Buffer, field: Field): void {
  let at = 0;
  const timer = setInterval(() => {
    if (line.socket.writable && at < bytes.length) line.write(bytes.subarray(at, ++at));
  }, 20);
  line.socket.once('close', () => clearInterval(timer));
  field.onEnd(() => clearInterval(timer));
}

async function withM2(line: Line): Promise<void> {
  line.write(noiseM1());
  const answer = await line.read(CELL);
  // Looked at only: it may be a refusal, where the address has other things behind it.
  if (answer) line.putBack(answer);
}

interface Way {
  readonly name: string;
  readonly until: 'M1' | 'M3';
  /** The other end of the stream is no slowness: nobody is there to be told. */
  readonly untold?: true;
  begin(line: Line, field: Field): void | Promise<void>;
}

const ways: readonly Way[] = [
  { name: 'says nothing', until: 'M1', begin: () => undefined },
  { name: 'sends M1 a byte at a time', until: 'M1', begin: (line, field) => drip(line, noiseM1(), field) },
  {
    name: 'closes its half in the middle of M1', until: 'M1', untold: true,
    begin: (line) => void line.socket.end(noiseM1().subarray(9)),
  },
  { name: 'neither reads nor writes after M1', until: 'M3', begin: (line) => (line.write(noiseM1()), line.sleep()) },
  { name: 'says nothing after M2', until: 'M3', begin: withM2 },
  {
    name: 'sends M3 a byte at a time', until: 'M3',
    begin: async (line, field) => (await withM2(line), drip(line, handshakeCell(M3, randomBytes(300)), field)),
  },
];

interface End {
  readonly way: Way;
  /** Infinity where the server did not close. */
  readonly ms: number;
  readonly code: number | undefined;
}

/** A connection that never closes its own half, in one of these ways, until the server has closed the other. */
async function hold(field: Field, way: Way, within: number, from?: string): Promise<End> {
  const localAddress = from === undefined ? {} : { localAddress: from };
  const socket = connect({ ...field.target, ...localAddress, allowHalfOpen: true });
  field.onEnd(() => void socket.destroy());
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const line = new Line(socket);
  const begun = performance.now();
  await way.begin(line, field);
  // Who does not read sees no end either: it looks when the time is over.
  const look = setTimeout(() => line.wake(), within + MORE_MS / 10);
  await line.gone(within + MORE_MS).catch(() => undefined);
  clearTimeout(look);
  const ms = line.ended || line.closed ? performance.now() - begun : Infinity;
  if (line.waiting > CELL) line.take(CELL);
  const last = line.take(CELL);
  return { way, ms, code: last && refusalIn(last) };
}

/** @param deadlines `helloMs` and `proofMs` of the server (docs/PROTOCOL.md, part 6) */
export const slowSendersFor = (deadlines: Readonly<Record<Way['until'], number>>): Attack => ({
  row: 'E2',
  title: 'slow senders, half-open connections, silence',
  async run(field) {
    const verdict = new Verdict();
    const { addresses, scale } = field;
    const each = addresses.length > 0 ? OF_ONE_ADDRESS * scale : 2;
    const address = (way: number, at: number) =>
      addresses[(way + ways.length * Math.floor(at / OF_ONE_ADDRESS)) % addresses.length];
    const holding = ways.flatMap((way, which) => upTo(each).map((at) =>
      hold(field, way, deadlines[way.until], address(which, at))));
    const bob = await Honest.enter(field, field.insiders[1]);
    bob.leave();
    verdict.expect(bob.loginMs < 2_000, `an honest login took ${bob.loginMs.toFixed(0)} ms meanwhile`);
    const ends = await Promise.all(holding);
    for (const { way, ms, code } of ends) {
      verdict.expect(ms < deadlines[way.until] + MORE_MS, `who ${way.name} is not closed`);
      const told = code === BUSY || code === (way.untold ? undefined : TOO_SLOW);
      verdict.expect(told, `who ${way.name} is told ${code}`);
    }
    const last = (what: Way['until']) =>
      (Math.max(...ends.filter(({ way }) => way.until === what).map(({ ms }) => ms)) / 1_000).toFixed(1);
    return verdict.finding(
      `${ends.length} connections that send a byte at a time, half of M1, M1 alone, or nothing`,
      `all are closed, those before M1 after ${last('M1')} s, those before M3 after ${last('M3')} s`,
    );
  },
});

export const slowSenders = slowSendersFor({ M1: 5_000, M3: 10_000 });
