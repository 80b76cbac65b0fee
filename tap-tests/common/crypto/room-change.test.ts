import { test } from 'tap';
import { decode, encode } from '../../../common/bytes/codec.js';
import { sha256 } from '../../../common/crypto/node.js';
import { changeHash, signChange, verifyChange } from '../../../common/crypto/room-change.js';
import { actions, change, type UnsignedChange } from '../../../common/wire/room-change.js';
import { edIdentity, rsaIdentity } from '../../support/exchange-pair.js';

const malformed = { name: 'WireError', code: 'malformed' };
const [alice, bob] = [edIdentity(), edIdentity()];
const { fingerprint } = alice.public;

const unsigned: UnsignedChange = {
  number: 1, previous: sha256('before'), author: 'alice', authorKey: fingerprint, action: actions.add,
  target: 'bob', targetKey: bob.public.fingerprint,
  members: [{ username: 'alice', fingerprint, admin: 1 }, { username: 'bob', fingerprint: bob.public.fingerprint, admin: 0 }],
};

test('signed and verified, with both kinds of keys', async (t) => {
  for (const identity of [alice, rsaIdentity()]) {
    const mine = { ...unsigned, authorKey: identity.public.fingerprint };
    const read = decode(change, await signChange('club', mine, identity));
    t.match(read, mine);
    t.doesNotThrow(() => verifyChange('club', read, identity.public));
  }
});

test('every field is signed, and so is the room', async (t) => {
  const read = decode(change, await signChange('club', unsigned, alice));
  const edits: Partial<UnsignedChange>[] = [
    { number: 2 }, { previous: sha256('another') }, { author: 'alicf' }, { action: actions.remove }, { target: 'bpb' }, { targetKey: fingerprint },
    { members: [] }, { members: [unsigned.members[1]!, unsigned.members[0]!] },
    { members: unsigned.members.map((each) => ({ ...each, admin: 1 })) },
    { members: unsigned.members.map((each) => ({ ...each, username: `${each.username}2` })) },
    { members: unsigned.members.map((each) => ({ ...each, fingerprint: sha256('another') })) },
  ];
  for (const edit of edits) t.throws(() => verifyChange('club', { ...read, ...edit }, alice.public), malformed, JSON.stringify(Object.keys(edit)));
  for (const room of ['clua', 'clu', 'clubs', 'CLUB']) t.throws(() => verifyChange(room, read, alice.public), malformed, room);
  const signature = Buffer.from(read.signature);
  signature.writeUInt8(signature.readUInt8(5) ^ 1, 5);
  t.throws(() => verifyChange('club', { ...read, signature }, alice.public), malformed, 'a bit of the signature');
});

test('the key has to be the one that the change says', async (t) => {
  const byBob = decode(change, await signChange('club', unsigned, bob));
  t.throws(() => verifyChange('club', byBob, alice.public), malformed, 'bob signs as alice');
  t.throws(() => verifyChange('club', byBob, bob.public), malformed, 'and is asked for his own key');
  const right = decode(change, await signChange('club', unsigned, alice));
  t.throws(() => verifyChange('club', right, bob.public), malformed, 'another key than was used');
});

test('the hash is over the room and all of the change, the signature too', async (t) => {
  const bytes = await signChange('club', unsigned, alice);
  t.same(changeHash('club', bytes), sha256(Buffer.from('\x04club'), bytes));
  const read = decode(change, bytes);
  const resigned = encode(change, { ...read, signature: Buffer.alloc(64) });
  const hashes = [changeHash('club', bytes), changeHash('clubs', bytes), changeHash('club', resigned)].map((each) => each.toString('hex'));
  t.equal(new Set(hashes).size, 3);
});
