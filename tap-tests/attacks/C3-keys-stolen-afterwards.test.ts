import type { KeyObject } from 'node:crypto';
import { test } from 'tap';
import { Fields } from '../support/attacker/bytes.js';
import { gcmOpen, sha256 } from '../support/attacker/primitives.js';
import { roomKind } from '../support/attacker/room-commands.js';
import { readStart, roundT0, sessionOf } from '../support/attacker/room-round.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { EphemeralWatch } from '../support/ephemeral-watch.js';
import { KnownExchange } from '../support/known-secrets.js';
import { type Passed, tapRelay } from '../support/relay-tap.js';
import { type Bodies, candidates, ephemeralIn } from '../support/thief.js';

/** The exchange of a leader with one of the others, as it passed, and what was sealed with its key. */
interface Captured extends Bodies {
  readonly S: Buffer;
  readonly sealed: Buffer;
}

function exchanges(passed: readonly Passed[], spkiOf: (name: string) => Buffer): Captured[] {
  const of = (kind: number, round: Buffer) => passed.filter((each) => each.kind === kind && each.body.subarray(0, 16).equals(round));
  return passed.filter(({ kind }) => kind === roomKind.start).flatMap(({ sender: leader, body: start }) => {
    const S = sessionOf(ROOM, leader, start);
    return of(roomKind.share, S.subarray(0, 16)).map(({ to, body }): Captured => {
      const share = new Fields(body.subarray(16));
      const answer = new Fields(of(roomKind.answer, S.subarray(0, 16)).find(({ sender }) => sender === to)!.body.subarray(48));
      const t0 = roundT0(S, leader, to!, spkiOf(leader), spkiOf(to!));
      return { S, t0, body1: readStart(start).m1, body2: answer.vec16(), body3: share.vec16(), sealed: share.rest() };
    });
  });
}

/** W, if one of the candidates for K is right. */
function secretOf({ S, t0, body1, body2, body3, sealed }: Captured, keys: readonly KeyObject[]): Buffer | undefined {
  for (const k of candidates({ t0, body1, body2, body3 }, keys)) {
    const { initiatorToResponder } = new KnownExchange(sha256(sha256(t0, body1), body2), body3, k);
    try {
      return gcmOpen(initiatorToResponder, Buffer.alloc(12), Buffer.concat([S.subarray(0, 16), Buffer.from([roomKind.share])]), sealed);
    } catch {
      continue;
    }
  }
  return undefined;
}

test('C3: all that passed through the relay, and the identity keys of all, stolen afterwards', async (t) => {
  const [passed, watch] = [tapRelay(t), new EphemeralWatch(t)];
  const clients = ['alice', 'bob', 'user3'];
  const room = await AttackedRoom.open(t, { clients, others: [] });
  await room.chats('what nobody else reads');
  const people = new Map(await Promise.all(clients.map(async (name) => [name, await room.person(name)] as const)));
  const stolen = [...people.values()].map(({ privateKey }) => privateKey);
  const captured = exchanges(passed, (name) => people.get(name)!.spki);
  t.ok(captured.length >= 2, `${captured.length} exchanges`);
  for (const each of captured) {
    t.equal(secretOf(each, stolen), undefined, 'the identity keys open nothing');
    const W = secretOf(each, [watch.privateOf(ephemeralIn(each))]);
    t.equal(W?.length, 32, 'the private half of the key of M2, which is gone, would have');
  }
});
