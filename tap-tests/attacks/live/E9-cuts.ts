import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { list16, vec16, vec8 } from '../../support/attacker/bytes.js';
import { CELL, handshakeCell, M1, M3 } from '../../support/attacker/cells.js';
import { tryLogin } from '../../support/attacker/login.js';
import { erroCode, list, message } from '../../support/attacker/session.js';
import { X25519 } from '../../support/attacker/suites.js';
import { type Random, seeded } from '../../support/mutations.js';
import { type Attack, type Field, type Insider, Verdict } from './attack.js';
import { callUp } from './calls.js';
import { forEach, upTo } from './crowd.js';
import { Honest } from './honest.js';

/** Connections, or as many as come and go in this time; at the same time so many. */
const [CONNECTIONS, MS, AT_ONCE] = [10_000, 10_000, 48];

/** As many as one address may open in such a time. */
const OF_ONE_ADDRESS = 60;

/** A connection may end with a reset, with an end that is answered, or in the middle of both. */
const ends: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.destroy(),
  (socket) => socket.end(() => socket.destroy()),
];

const one = <T>(all: readonly T[], random: Random): T => all[random(all.length)]!;

const m1 = () => handshakeCell(M1, Buffer.concat([vec8(randomBytes(4).toString('hex')), vec8(Buffer.of(X25519)), randomBytes(32)]));
const m3 = () => handshakeCell(M3, Buffer.concat([list16([]), vec16(randomBytes(32)), vec16(randomBytes(64))]));

/** Gone, or an M2 has come; never later than this. */
const answer = (socket: Socket): Promise<unknown> => Promise.race([once(socket, 'data'), once(socket, 'close'), sleep(500, undefined, { ref: false })]);

/** Somebody unknown goes at a point of the handshake: before, in or behind M1 or M3. */
async function stranger(field: Field, random: Random, from?: string): Promise<void> {
  const socket = connect({ ...field.target, ...(from === undefined ? {} : { localAddress: from }) });
  socket.on('error', () => undefined);
  const [stop, part] = [one(ends, random), random(CELL + 1)];
  const point = random(6);
  if (point > 0) await once(socket, 'connect').catch(() => undefined);
  if (point === 1) socket.write(m1().subarray(0, part));
  if (point > 1) socket.write(m1());
  if (point > 2) await answer(socket).catch(() => undefined);
  if (point > 3 && !socket.destroyed) socket.write(point === 4 ? m3() : m3().subarray(0, part));
  stop(socket);
  if (!socket.closed) await once(socket, 'close').catch(() => undefined);
}

/** Somebody who may log in goes: before M4, at once, in the middle of a record, of a call, of a conversation. */
async function insider(field: Field, { name, person, certificates }: Insider, other: Insider, random: Random, from?: string): Promise<void> {
  const outcome = await tryLogin(field.target, name, { person, certificates, suites: [X25519], ...(from === undefined ? {} : { from }) });
  if (outcome.is === 'logged in') {
    const { session } = outcome;
    // The one calls and the other accepts, whichever of the two is there.
    const record = session.seal([message('chat', other.name), message('acpt', other.name)]);
    if (random(4) > 0) session.line.write(random(2) === 0 ? record : record.subarray(0, random(record.length)));
    await sleep(random(4));
  } else if (outcome.is === 'refused') {
    await sleep(5);
  }
  one(ends, random)(outcome.line.socket);
}

/** The names with a prefix as somebody honest is told them. */
async function listed({ session, pace }: Honest, prefix: string): Promise<string> {
  await pace.turn();
  session.say(list(prefix));
  const { payload } = await session.expect('list', undefined, 15_000);
  return payload.subarray(1).toString();
}

const toldTo = ({ session: { heard, line, fault } }: Honest): string =>
  (line.closed || line.ended ? 'was cut' : `heard ${heard.map((each) => `${each.command} ${each.command === 'erro' ? erroCode(each) : ''}`).join(', ')} ${fault ?? ''}`);

export const cuts: Attack = {
  row: 'E9',
  title: 'connects and cuts at any point',
  async run(field) {
    const verdict = new Verdict();
    const seed = randomBytes(4).readUInt32BE();
    const random = seeded(seed);
    const { addresses, insiders: [alice, bob] } = field;
    const from = (at: number) => addresses[at % Math.max(1, addresses.length)];
    const end = performance.now() + MS * field.scale;
    let [over, logins, came] = [false, 0, 0];
    const comeAndGo = async (who: Insider, other: Insider) => {
      while (!over) await insider(field, who, other, random, from(logins++)).catch(() => undefined);
    };
    const people = [comeAndGo(alice, bob), comeAndGo(bob, alice)];
    await forEach(upTo(addresses.length > 0 ? CONNECTIONS * field.scale : OF_ONE_ADDRESS), AT_ONCE, async (at) => {
      if (performance.now() > end) return;
      came += 1;
      await stranger(field, random, from(at));
    });
    over = true;
    await Promise.all(people);

    const one = await Honest.enter(field, alice);
    const without = await listed(one, bob.name);
    verdict.expect(!without.split('\n').some((line) => line.startsWith(bob.name)), `${bob.name} is still in the list: ${JSON.stringify(without)}`);
    const two = await Honest.enter(field, bob);
    const line = (await listed(one, bob.name)).split('\n')[0];
    verdict.expect(line === bob.name, `a list says ${JSON.stringify(line)} of who has just come`);
    await callUp(one.session, two.session).catch((error: Error) => verdict.expect(false, `they cannot call each other: ${error.message}; the caller ${toldTo(one)}`));
    one.leave();
    two.leave();
    return verdict.finding(
      `${came} connections of strangers and ${logins} of two users from ${Math.max(1, addresses.length)} addresses, cut at a point of their own each (seed ${seed})`,
      'nobody is left in the list, in a call or in a conversation who has gone',
    );
  },
};
