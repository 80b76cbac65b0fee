import { rm } from 'node:fs/promises';
import { type Test, test } from 'tap';
import { TrustStore } from '../../client/engine/trust-store.js';
import { entryPath, privateFolderOf } from '../../common/files/keys-folder.js';
import { counterBytes } from '../support/attacker/bytes.js';
import { Chain, chatT0, frwd, kind, NO_TEXT, pubk, SECURE, type } from '../support/attacker/conversation.js';
import { type Agreed, Initiator, Responder } from '../support/attacker/exchange.js';
import { pose } from '../support/attacker/middle.js';
import { newPerson } from '../support/attacker/primitives.js';
import { message, type Session } from '../support/attacker/session.js';
import { makeKeysFolder } from '../support/authority.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import { type Actor, connect } from '../support/scene.js';

const pinOf = (alice: Actor) => alice.trust.find('127.0.0.1', 'bob');
const server = '127.0.0.1';

async function leave(...actors: Actor[]): Promise<void> {
  for (const actor of actors) actor.do({ do: 'exit' });
  await Promise.all(actors.map((actor) => actor.next('closed')));
}

test('A16: a new key that the authority vouches for does not get past an older pin', async (t) => {
  const corrupt = await CorruptScene.open(t);
  const { scene, board } = corrupt;
  const trust = TrustStore.inMemory();
  const before = await corrupt.chat({ trust });
  const pinned = pinOf(before[0]);
  await leave(...before);

  await rm(entryPath(scene.keys.users, 'bob'));
  await rm(privateFolderOf(scene.keys, 'bob').folder, { recursive: true });
  await makeKeysFolder(scene.keys.root, { users: ['bob'], enrol: 'certificate' });
  board.people.set('bob', await corrupt.enrolled('bob'));
  board.said.length = 0;
  const [alice, bob] = [await corrupt.logIn('alice', { trust }), await corrupt.logIn('bob')];
  alice.do({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  await alice.next('left');
  t.same(told(alice), ['ready', 'key-changed bob', 'left bob tampered by me']);
  await corrupt.settled();
  t.same(board.heard('frwd', 'alice'), [], 'nothing was sent');
  t.same(pinOf(alice), pinned);
  await leave(alice);

  const stranger = await corrupt.logIn('alice');
  await connect(stranger, bob);
  t.same(told(stranger), ['ready', 'chat bob certified'], 'and it is a good certificate: who has no pin believes it');
});

test('A16: over a certified pin another key without a certificate is refused, and the same one is known', async (t) => {
  const corrupt = await CorruptScene.open(t, { enrol: 'certificate' });
  const { relay, board } = corrupt;
  const [alice, bob] = await corrupt.chat();
  const pinned = pinOf(alice);
  t.same(told(alice), ['ready', 'chat bob certified']);
  const again = async (until: 'left' | 'chat') => {
    const from = alice.events.length;
    alice.do({ do: 'chat', with: 'bob' });
    await bob.next('request');
    bob.do({ do: 'accept', with: 'alice' });
    await alice.next(until);
    return told(alice, from);
  };
  alice.do({ do: 'leave', with: 'bob' });
  await alice.next('left');
  await bob.next('left');
  const anybody = { as: 'bob', to: 'alice', role: 'receiver', own: newPerson() } as const;
  board.onAccept = () => void pose(relay, board, anybody).catch(() => undefined);
  t.same(await again('left'), ['key-changed bob', 'left bob tampered by me']);
  t.same(pinOf(alice), pinned);

  board.onAccept = (caller, receiver) => board.connect(caller, receiver);
  board.introduce = (introduction) => ({ ...introduction, certificates: [] });
  t.same(await again('chat'), ['chat bob known']);
  t.same(pinOf(alice), pinned);
});

/* The key handed out is the attacker's, who even has it, and goes a part of the way. */

interface Way {
  readonly session: Session;
  readonly conversation: Buffer;
  readonly t0: Buffer;
}

const own = newPerson();
const body = async (session: Session) => (await session.expect('frwd')).payload.subarray(9);
const record = ({ session, conversation }: Way, chain: Buffer, typeOf: number, content: Buffer) =>
  session.say(frwd(conversation, kind.record, new Chain(chain).seal(typeOf, content)));

async function p2({ session, conversation, t0 }: Way, signature?: (bytes: Buffer) => Buffer): Promise<Responder> {
  const responder = new Responder(await body(session), { t0, person: own, faults: signature ? { signature } : {} });
  session.say(frwd(conversation, kind.P2, responder.body2));
  return responder;
}

async function p3({ session, conversation, t0 }: Way, signature?: (bytes: Buffer) => Buffer): Promise<Agreed> {
  const initiator = new Initiator('', { t0, person: own, faults: signature ? { signature } : {} });
  session.say(frwd(conversation, kind.P1, initiator.body1));
  const { body3, agreed } = initiator.answer(await body(session));
  session.say(frwd(conversation, kind.P3, body3));
  return agreed;
}

const spoilt = (signature: Buffer) => Buffer.from(signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)));
const finished = async (way: Way) => (await p2(way)).finish(await body(way.session));

type Part = readonly [how: string, go: (way: Way) => Promise<unknown>, ends: string];
const asReceiver: readonly Part[] = [
  ['says nothing', async ({ session }) => body(session), 'timed-out'],
  ['answers with a wrong signature', (way) => p2(way, spoilt), 'bad-signature'],
  ['does not send record 0', finished, 'timed-out'],
  ['has another text in record 0', async (way) => {
    record(way, (await finished(way)).toInitiator, type.text, Buffer.from('CHAT IS SECURE?'));
  }, 'out-of-turn'],
  ['has another type in record 0', async (way) => {
    record(way, (await finished(way)).toInitiator, type.receipt, NO_TEXT);
  }, 'out-of-turn'],
  ['seals record 0 with another key', async (way) => {
    record(way, (await finished(way)).toResponder, type.text, SECURE);
  }, 'tampered'],
];
const asCaller: readonly Part[] = [
  ['says nothing', async () => undefined, 'timed-out'],
  ['proves itself with a wrong signature', (way) => p3(way, spoilt), 'bad-signature'],
  ['does not answer record 0', (way) => p3(way), 'timed-out'],
  ['answers record 0 with a text', async (way) => {
    record(way, (await p3(way)).toResponder, type.text, SECURE);
  }, 'out-of-turn'],
  ['receipts another record than 0', async (way) => {
    record(way, (await p3(way)).toResponder, type.receipt, counterBytes(1n));
  }, 'out-of-turn'],
  ['seals its answer with another key', async (way) => {
    record(way, (await p3(way)).toInitiator, type.receipt, NO_TEXT);
  }, 'tampered'],
];

async function unfinished(t: Test, attackerIs: 'caller' | 'receiver', parts: readonly Part[]): Promise<void> {
  const clock = heldClock();
  const corrupt = await CorruptScene.open(t, { clock });
  const { relay, board } = corrupt;
  const alice = await corrupt.logIn('alice');
  board.onAccept = () => undefined;
  const { session } = relay.guest('alice')!;
  const { spki } = board.people.get('alice')!;
  for (const [n, [how, go, ends]] of parts.entries()) {
    const from = alice.events.length;
    const conversation = Buffer.alloc(8, n);
    if (attackerIs === 'receiver') alice.do({ do: 'chat', with: 'bob' });
    else {
      session.say(message('reqt', 'bob'));
      await alice.next('request');
      alice.do({ do: 'accept', with: 'bob' });
    }
    await corrupt.settled();
    const role = attackerIs === 'caller' ? 'receiver' : 'caller';
    session.say(pubk({ conversation, role, peer: 'bob', certificates: [], spki: own.spki }));
    const t0 = attackerIs === 'caller'
      ? chatT0(conversation, 'bob', 'alice', own.spki, spki) : chatT0(conversation, 'alice', 'bob', spki, own.spki);
    await go({ session, conversation, t0 });
    await corrupt.settled();
    if (ends === 'timed-out') clock.advance(30_000);
    await alice.next('left');
    const reason = ends === 'timed-out' ? 'timed-out' : 'tampered';
    const lines = told(alice, from).filter((line) => line !== 'request bob');
    t.same(lines, [`warning bob ${ends}`, `left bob ${reason} by me`], how);
    t.equal(alice.trust.find(server, 'bob'), undefined, `${how}: no pin`);
  }
  board.onAccept = (caller, receiver) => board.connect(caller, receiver);
  const bob = await corrupt.logIn('bob');
  await connect(alice, bob);
  t.equal(told(alice).at(-1), 'chat bob first-use', 'the real one is not taken for a changed one');
}

test('A16: one who was called and goes a part of the way leaves no pin', (t) =>
  unfinished(t, 'receiver', asReceiver));
test('A16: one who calls and goes a part of the way leaves no pin', (t) =>
  unfinished(t, 'caller', asCaller));
