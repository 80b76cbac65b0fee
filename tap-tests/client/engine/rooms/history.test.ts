import { test } from 'tap';
import { History } from '../../../../client/engine/rooms/history.js';
import { type Identity, privateIdentity, type PublicIdentity } from '../../../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../../../common/crypto/node.js';
import { changeHash, signChange } from '../../../../common/crypto/room-change.js';
import { type Members, membersAfter, type Named } from '../../../../common/rooms/members.js';
import { type Action, actions } from '../../../../common/wire/room-change.js';

type Person = Named & { readonly identity: Identity };

function person(username: string): Person {
  const identity = privateIdentity(makeEd25519Pair().privateKey);
  return { username, identity, fingerprint: identity.public.fingerprint };
}

const [alice, bob, user3] = [person('alice'), person('bob'), person('user3')];
const keyOf = async ({ username }: Named): Promise<PublicIdentity> =>
  [alice, bob, user3].find((each) => each.username === username)!.identity.public;

/** A room's changes, as its members make them. */
class Log {
  readonly changes: Buffer[] = [];
  members: Members = [];

  constructor(readonly room = 'kitchen', private readonly seed = 7) {}

  async add(author: Person, action: Action, target: Named, odd: { signer?: Person; members?: Members } = {}): Promise<Buffer> {
    const before = this.changes.at(-1);
    this.members = membersAfter(this.members, author, action, target);
    const bytes = await signChange(this.room, {
      number: this.changes.length, previous: before ? changeHash(this.room, before) : Buffer.alloc(32, this.seed),
      author: author.username, authorKey: author.fingerprint, action: actions[action],
      target: target.username, targetKey: target.fingerprint, members: odd.members ?? this.members,
    }, (odd.signer ?? author).identity);
    this.changes.push(bytes);
    return bytes;
  }
}

async function log(seed?: number): Promise<Log> {
  const made = new Log('kitchen', seed);
  await made.add(alice, 'make', alice);
  await made.add(alice, 'add', bob);
  await made.add(bob, 'add', user3);
  return made;
}

async function seen(changes: readonly Buffer[], own: Named = bob): Promise<History> {
  const history = new History('kitchen', own);
  for (const change of changes) await history.accept(change, keyOf);
  return history;
}

test('changes that follow one another', async (t) => {
  const { changes, members } = await log();
  const history = await seen(changes.slice(1));
  t.equal(history.next, 3);
  t.same(history.members, members);
  t.equal((await history.accept(changes[2]!, keyOf)).is, 'known', 'once more changes nothing');
  t.match(await history.accept(changes[1]!, keyOf), { is: 'known', newer: [changes[2]] }, 'a relay that has less gets the rest');
});

test('C1: what does not follow is refused, and changes nothing', async (t) => {
  const good = await log();
  const history = await seen(good.changes.slice(1));
  const wrong: [string, (made: Log) => Promise<Buffer>, RegExp][] = [
    ['signed by somebody else', (made) => made.add(alice, 'remove', bob, { signer: user3 }), /not signed by its author/],
    ['more members than follow', (made) => made.add(alice, 'admin', bob, { members: good.members }), /not the one that follows/],
    ['one left out', async (made) => {
      await made.add(alice, 'admin', bob);
      return made.add(alice, 'admin', user3);
    }, /does not follow the one before/],
  ];
  for (const [what, make, sentence] of wrong) {
    const made = new Log();
    made.changes.push(...good.changes);
    made.members = good.members;
    const change = await make(made);
    await t.rejects(history.accept(change, keyOf), { message: sentence }, what);
    t.equal(history.next, 3);
  }
});

test('C2: another history, and an older one, are refused', async (t) => {
  const [good, other] = [await log(), await log(8)];
  const history = await seen(good.changes.slice(1));
  await t.rejects(history.accept(other.changes[2]!, keyOf), { code: 'tampered' }, 'the same number, another change');
  await t.rejects(history.accept(good.changes[0]!, keyOf), { code: 'tampered' }, 'one that was never seen');
  const next = await other.add(alice, 'admin', bob);
  await t.rejects(history.accept(next, keyOf), { code: 'tampered' }, 'the next one of another history');
});

test('who enters anew has to be in the list with the own key', async (t) => {
  const { changes } = await log();
  await t.rejects(seen([changes[0]!]), { message: /does not have you with your key/ });
  await t.rejects(seen([changes[2]!], { ...bob, fingerprint: user3.fingerprint }), { code: 'tampered' });
  t.equal((await seen([changes[2]!])).next, 3);
});

test('a change of another room does not fit this one', async (t) => {
  const { changes } = await log();
  await t.rejects(new History('cellar', bob).accept(changes[2]!, keyOf), { message: /not signed/ });
});
