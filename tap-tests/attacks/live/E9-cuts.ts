import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CELL } from '../../support/attacker/cells.js';
import { tryLogin } from '../../support/attacker/login.js';
import { noiseM1, noiseM3 } from '../../support/attacker/noise.js';
import type { Message } from '../../support/attacker/records.js';
import { list, message } from '../../support/attacker/session.js';
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

const m1 = () => noiseM1([X25519]);

/** Gone, or an M2 has come; never later than this. */
const answer = (socket: Socket): Promise<unknown> =>
  Promise.race([once(socket, 'data'), once(socket, 'close'), sleep(500, undefined, { ref: false })]);

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
  if (point > 3 && !socket.destroyed) socket.write(noiseM3().subarray(0, point === 4 ? CELL : part));
  stop(socket);
  if (!socket.closed) await once(socket, 'close').catch(() => undefined);
}

/** Somebody who may log in goes: before M4, at once, in the middle of a record, of a call, of a conversation. */
async function insider(
  { target }: Field, { name, person, certificates }: Insider, says: Message, random: Random, from?: string,
): Promise<void> {
  const address = from === undefined ? {} : { from };
  const outcome = await tryLogin(target, name, { person, certificates, suites: [X25519], ...address });
  if (outcome.is === 'logged in') {
    const { session } = outcome;
    const record = session.seal([says]);
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

/** Those who come afterwards find nobody; and who goes while a call rings, or in a conversation, is missed at once. */
async function nobodyIsLeft(field: Field, verdict: Verdict): Promise<void> {
  const [alice, bob] = field.insiders;
  const one = await Honest.enter(field, alice);
  const without = await listed(one, bob.name);
  const ghost = without.split('\n').some((line) => line.startsWith(bob.name));
  verdict.expect(!ghost, `${bob.name} is still in the list: ${JSON.stringify(without)}`);
  const two = await Honest.enter(field, bob);
  const line = (await listed(one, bob.name)).split('\n')[0];
  verdict.expect(line === bob.name, `a list says ${JSON.stringify(line)} of who has just come`);
  one.session.say(message('chat', bob.name));
  await two.session.expect('reqt', undefined, 15_000);
  one.session.line.cut();
  await two.session.expect('cach');
  const again = await Honest.enter(field, alice);
  await callUp(again.session, two.session);
  again.session.line.cut();
  await two.session.expect('exch');
  two.leave();
}

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
    const comeAndGo = async (who: Insider, says: Message) => {
      while (!over) await insider(field, who, says, random, from(logins++)).catch(() => undefined);
    };
    // Bob alone calls: who goes while a call rings may not call again for a while, and alice is to call in the end.
    const people = [comeAndGo(alice, message('acpt', bob.name)), comeAndGo(bob, message('chat', alice.name))];
    await forEach(upTo(addresses.length > 0 ? CONNECTIONS * field.scale : OF_ONE_ADDRESS), AT_ONCE, async (at) => {
      if (performance.now() > end) return;
      came += 1;
      await stranger(field, random, from(at));
    });
    over = true;
    await Promise.all(people);

    await nobodyIsLeft(field, verdict).catch((error: Error) => verdict.expect(false, error.message));
    return verdict.finding(
      `${came} connections of strangers and ${logins} of two users, each cut at a point of its own (seed ${seed})`,
      'nobody is left in the list, in a call or in a conversation who has gone',
    );
  },
};
