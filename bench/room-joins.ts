import type { Credentials } from '../client/engine/login.js';
import { ROOM } from './raw-room.js';
import type { ServerChild } from './server-child.js';
import { Talker } from './talker.js';

export interface Join {
  /** From `join` until all have the keys of one epoch. */
  readonly ms: number;
  /** Processor time of the server for it. */
  readonly serverMs: number;
  /** The same of a member, all of whom are in this process. */
  readonly memberMs: number;
}

/**
 * A room of engines that one more member joins, again and again: each time with a new engine, which knows nobody's
 * key yet.
 */
export async function joins(relay: ServerChild, credentials: readonly Credentials[], seconds: number): Promise<Join[]> {
  const port = await relay.port;
  const members = credentials.slice(0, -1).map((each) => new Talker(port, each));
  await gather(members);
  const all: Join[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const guest = new Talker(port, credentials.at(-1)!);
    await guest.logIn();
    await invite(members[0]!, guest);
    const before = { server: await relay.cpu(), own: process.cpuUsage() };
    const ms = await enter(members, guest);
    const { user, system } = process.cpuUsage(before.own);
    const memberMs = (user + system) / 1000 / credentials.length;
    all.push({ ms, serverMs: await relay.cpu() - before.server, memberMs });
    await goOut(members, guest);
  } while (performance.now() < end);
  await Promise.all(members.map((member) => member.leave()));
  return all;
}

async function gather(members: readonly Talker[]): Promise<void> {
  const [maker, ...others] = members;
  for (const member of members) await member.logIn();
  const made = maker!.next('joined');
  maker!.do({ do: 'join', room: ROOM });
  await made;
  for (const other of others) await invite(maker!, other);
  const ready = secured(members);
  for (const other of others) other.do({ do: 'join', room: ROOM });
  await ready;
}

async function enter(members: readonly Talker[], guest: Talker): Promise<number> {
  const ready = secured([...members, guest]);
  const start = performance.now();
  guest.do({ do: 'join', room: ROOM });
  await ready;
  return performance.now() - start;
}

async function goOut(members: readonly Talker[], guest: Talker): Promise<void> {
  const [left, ready] = [guest.next('left'), secured(members)];
  guest.do({ do: 'leave', room: ROOM });
  await Promise.all([left, ready]);
  await guest.leave();
}

async function invite(by: Talker, other: Talker): Promise<void> {
  const invited = other.next('invited');
  by.do({ do: 'invite', room: ROOM, with: other.name });
  await invited;
}

/** Resolves when all of them have the keys of an epoch in which they all are. */
async function secured(all: readonly Talker[]): Promise<void> {
  const whole = all.map((each) => each.next('secured', ({ members }) => members.length === all.length));
  const numbers = new Set((await Promise.all(whole)).map(({ number }) => number));
  if (numbers.size > 1) throw new Error('The members of a room have different keys.');
}
