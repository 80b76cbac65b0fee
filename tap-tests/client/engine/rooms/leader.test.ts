import { type Test, test } from 'tap';
import { Follower } from '../../../../client/engine/rooms/follower.js';
import { Leader } from '../../../../client/engine/rooms/leader.js';
import type { Participant, RoundPorts } from '../../../../client/engine/rooms/round.js';
import { X25519Ephemeral, x25519Suite } from '../../../../common/crypto/suite.js';
import { ROOM_ROUND_MS, ROOM_STEP_MS } from '../../../../common/wire/limits.js';
import type { RoomKind } from '../../../../common/wire/room-commands.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { newIdentity } from '../../../support/raw-client.js';

const NAMES = ['alice', 'bob'];
const ZEROS = Buffer.alloc(32);
const people = NAMES.map((username) => {
  const signer = newIdentity();
  return { username, signer, identity: signer.public, fingerprint: signer.public.fingerprint };
});

/** A round of two, of which the contributions are said; its steps that wait their turn are run by the test. */
class Stage {
  readonly clock = new ManualClock();
  /** The last of each kind. */
  readonly said = new Map<RoomKind, Buffer>();
  readonly silent: (readonly string[])[] = [];
  expired = 0;
  #waiting: (() => void)[] = [];
  readonly leader = Leader.open(this.#ports(0), { epoch: 1, head: ZEROS, before: ZEROS, names: NAMES });
  readonly follower = new Follower(this.#ports(1), 'alice', this.leader.opening);

  static async open(t: Test): Promise<Stage> {
    const stage = new Stage();
    const { leader, follower } = stage;
    t.teardown(() => [leader, follower].forEach((each) => each.stop()));
    leader.limit();
    leader.started();
    await follower.answer();
    await leader.answer('bob', stage.last('answer'));
    follower.commitments(stage.last('commitments'));
    await follower.share(stage.last('share'));
    await leader.contribution('bob', stage.last('contribution'));
    return stage;
  }

  #ports(at: number): RoundPorts {
    return {
      room: 'kitchen', own: people[at]!, suites: [x25519Suite], clock: this.clock,
      ephemeral: async () => new X25519Ephemeral(),
      participant: async (name): Promise<Participant> => people.find(({ username }) => username === name)!,
      say: (kind, body) => void this.said.set(kind, body),
      sayTo: (kind, [first]) => void this.said.set(kind, first!.body),
      silent: (names) => void this.silent.push(names),
      expired: () => void (this.expired += 1),
      run: (step) => void this.#waiting.push(step),
    };
  }

  last(kind: RoomKind): Buffer {
    return this.said.get(kind)!;
  }

  turn(): void {
    for (const step of this.#waiting.splice(0)) step();
  }
}

test('who is late has been silent, once it is the turn of that', async (t) => {
  const stage = await Stage.open(t);
  stage.clock.advance(ROOM_STEP_MS);
  t.same(stage.silent, []);
  stage.turn();
  t.same(stage.silent, [['bob']]);
});

test('what came before that turn was not late: where done is said the round is not begun anew', async (t) => {
  const stage = await Stage.open(t);
  const { leader, follower, clock, silent } = stage;
  await follower.contributions(stage.last('contributions'));
  clock.advance(ROOM_STEP_MS);
  t.notOk(leader.concluded);
  leader.tag('bob', stage.last('tag'));
  t.ok(leader.concluded, 'others may have the epoch');
  stage.turn();
  clock.advance(2 * ROOM_STEP_MS);
  stage.turn();
  t.same(silent, []);
  const done = stage.last('done');
  t.same(leader.done(done).t, follower.done(done).t);
});

test('a round that goes on has a deadline, one that has ended has none', async (t) => {
  for (const [expired, ends] of [[1, false], [0, true]] as const) {
    const stage = await Stage.open(t);
    if (ends) stage.leader.stop();
    stage.clock.advance(ROOM_ROUND_MS);
    stage.turn();
    t.equal(stage.expired, expired);
  }
});
