import { type Test, test } from 'tap';
import { hmacSha256, seal, sha256, type Sealing, watchSealing } from '../../../common/crypto/node.js';
import { counterBytes } from '../../../common/crypto/ratchet.js';
import { RoomReceivingChain, RoomSendingChain, type Sender, textsHash } from '../../../common/crypto/room-record.js';
import { Secret } from '../../../common/crypto/secret.js';
import { packRoomContent, ROOM_AAD, ROOM_CONTENT_MAX, ROOM_HEADER, roomContentTypes } from '../../../common/wire/room-record.js';
import { edIdentity, rsaIdentity } from '../../support/exchange-pair.js';

const TIME = 1_700_000_000_000;
const T = sha256('epoch');
const [alice, bob] = [edIdentity(), edIdentity()];
const chain0 = () => Buffer.alloc(32, 5);
const text = (length: number) => Buffer.alloc(length, 0x61);
const sender = (username = 'alice', t = T): Sender => ({ t, username });
const sendingAs = (own = sender()) => new RoomSendingChain(own, new Secret(chain0()));
const receivingFrom = (own = sender()) => new RoomReceivingChain(own, new Secret(chain0()));

test('records of every size open in their order, with type, counter and time', async (t) => {
  for (const identity of [alice, rsaIdentity()]) {
    const [sending, receiving] = [sendingAs(), receivingFrom()];
    let counter = 0n;
    for (const length of [0, 1, 3_868, 3_869, ROOM_CONTENT_MAX]) {
      const record = await sending.seal('text', text(length), TIME + length, identity);
      t.equal((record.length + 100) % 4096, 0);
      t.same(receiving.open(record, identity.public), { type: roomContentTypes.text, content: text(length), counter: counter++, sealedAt: TIME + length });
    }
    t.equal(sending.counter, 5n);
    t.equal(receiving.counter, 5n);
  }
});

/** One record of alice's that is right but for what the case says; the right one opens behind it. */
async function refusesAndGoesOn(t: Test, attempts: Record<string, Buffer>): Promise<void> {
  const receiving = receivingFrom();
  for (const [why, record] of Object.entries(attempts)) t.equal(receiving.open(record, alice.public), undefined, why);
  const sending = sendingAs();
  t.equal(receiving.open(await sending.seal('text', text(1), TIME, alice), alice.public)?.counter, 0n, 'the right one');
  t.equal(receiving.open(await sending.seal('text', text(2), TIME, alice), alice.public)?.counter, 1n, 'and the next');
}

test('another counter, another epoch, another length, and each bit of the header', async (t) => {
  const sending = sendingAs();
  const [one, two] = [await sending.seal('text', text(1), TIME, alice), await sending.seal('text', text(2), TIME, alice)];
  const flipped = (at: number) => {
    const copy = Buffer.from(one);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
  };
  const huge = Buffer.from(one);
  huge.fill(0xff, 32, 40);
  const bits = Object.fromEntries(Array.from({ length: ROOM_HEADER }, (_, at) => [`byte ${at}`, flipped(at)]));
  await refusesAndGoesOn(t, {
    ...bits, ciphertext: flipped(ROOM_HEADER), end: flipped(one.length - 1), two, huge,
    'the same epoch in its first half': await sendingAs(sender('alice', Buffer.concat([T.subarray(0, 16), Buffer.alloc(16)]))).seal('text', text(1), TIME, alice),
    'another epoch': await sendingAs(sender('alice', sha256('another'))).seal('text', text(1), TIME, alice),
    'another chain': await new RoomSendingChain(sender(), new Secret(Buffer.alloc(32, 6))).seal('text', text(1), TIME, alice),
    short: one.subarray(1), empty: Buffer.alloc(0), longer: Buffer.concat([one, Buffer.alloc(4096)]), zeros: Buffer.alloc(one.length),
  });
});

test('another member has the chain, and cannot sign', async (t) => {
  await refusesAndGoesOn(t, {
    'bob seals with the chain of alice': await sendingAs().seal('text', text(1), TIME, bob),
    'bob signs in his own name': await sendingAs(sender('bob')).seal('text', text(1), TIME, bob),
    'alice signed it in another name': await sendingAs(sender('bob')).seal('text', text(1), TIME, alice),
  });
  const receiving = receivingFrom();
  const record = await sendingAs().seal('text', text(1), TIME, alice);
  t.equal(receiving.open(record, bob.public), undefined, 'and a record of alice is none of bob');
  t.ok(receiving.open(record, alice.public));
  t.equal(receiving.open(record, alice.public), undefined, 'not twice');
});

/** A record of one who has all keys but alice's own, with the plaintext and the signature as given. */
function forge(content: Buffer, signature: Buffer, edit: (plaintext: Buffer) => void = () => undefined): Buffer {
  const aad = Buffer.concat([T.subarray(0, 16), counterBytes(0n), Buffer.alloc(8)]);
  const plaintext = packRoomContent({ type: 1, content, signature });
  edit(plaintext);
  const { tag, ciphertext } = seal(hmacSha256(chain0(), Buffer.from([1])), aad.subarray(16, 28), aad, plaintext);
  return Buffer.concat([aad, tag, ciphertext]);
}

const signedBy = (identity: typeof alice, content: Buffer, type = 1, name = 'alice', t = T) => {
  const aad = Buffer.concat([T.subarray(0, 16), counterBytes(0n), Buffer.alloc(8)]);
  const over = sha256(t, Buffer.from([name.length]), name, aad, Buffer.from([type]), content);
  return identity.sign(Buffer.concat([Buffer.from('MessageApp/2 room message\0'), over]));
};

test('the signature is over T, name, header, type and content', async (t) => {
  const content = text(5);
  const opens = (record: Buffer) => receivingFrom().open(record, alice.public) !== undefined;
  t.ok(opens(forge(content, await signedBy(alice, content))), 'as it is laid out');
  t.notOk(opens(forge(content, await signedBy(alice, text(4)))), 'another content');
  t.notOk(opens(forge(content, await signedBy(alice, content, 2))), 'another type');
  t.notOk(opens(forge(content, await signedBy(alice, content, 1, 'alic'))), 'another name');
  t.notOk(opens(forge(content, await signedBy(alice, content, 1, 'alice', sha256('another')))), 'another epoch');
  t.notOk(opens(forge(content, await signedBy(bob, content))), 'another key');
  const signature = await signedBy(alice, content);
  signature.writeUInt8(signature.readUInt8(9) ^ 4, 9);
  t.notOk(opens(forge(content, signature)), 'a bit of it');
});

test('a content that is not well formed is refused, and changes nothing', async (t) => {
  const signature = await signedBy(alice, text(5));
  const receiving = receivingFrom();
  const malformed = { name: 'WireError', code: 'malformed' };
  t.throws(() => receiving.open(forge(text(5), signature, (plaintext) => plaintext.writeUInt8(1, plaintext.length - 1)), alice.public), malformed);
  t.throws(() => receiving.open(forge(text(5), signature, (plaintext) => plaintext.writeUInt8(1, 1)), alice.public), malformed);
  t.equal(receiving.counter, 0n);
  t.ok(receiving.open(forge(text(5), signature), alice.public));
});

test('each record has a key of its own, and every key of the chain is wiped', async (t) => {
  const sealed: { key: Buffer; plaintext: Buffer; was: string }[] = [];
  watchSealing(({ key, plaintext }: Sealing) => void sealed.push({ key: key as Buffer, plaintext, was: (key as Buffer).toString('hex') }));
  t.teardown(() => watchSealing(undefined));
  const first = chain0();
  const sending = new RoomSendingChain(sender(), new Secret(first));
  for (let n = 0; n < 5; n++) await sending.seal('text', text(1), TIME, alice);
  let chain: Buffer = chain0();
  for (const { was } of sealed) {
    t.equal(was, hmacSha256(chain, Buffer.from([1])).toString('hex'));
    chain = hmacSha256(chain, Buffer.from([2]));
  }
  t.equal(sealed.length, 5);
  t.ok(sealed.every(({ key, plaintext }) => key.equals(Buffer.alloc(32)) && plaintext.every((byte) => byte === 0)), 'keys and plaintexts are zeros');
  t.same(first, Buffer.alloc(32), 'and so is the chain that was given');
});

test('a text that is too long is not sealed, and uses up nothing', async (t) => {
  const [sending, receiving] = [sendingAs(), receivingFrom()];
  await t.rejects(sending.seal('text', text(ROOM_CONTENT_MAX + 1), TIME, alice), { code: 'malformed' });
  t.equal(sending.counter, 0n);
  t.ok(receiving.open(await sending.seal('text', text(1), TIME, alice), alice.public));
});

test('once wiped, nothing is sealed or opened', async (t) => {
  const [sending, receiving] = [sendingAs(), receivingFrom()];
  const record = await sending.seal('text', text(1), TIME, alice);
  const signing = sending.seal('text', text(1), TIME, alice);
  sending.wipe();
  receiving.wipe();
  await t.rejects(signing, { message: /wiped/ }, 'also while it was being signed');
  t.throws(() => receiving.open(record, alice.public), { message: /wiped/ });
});

test('A_n: over all texts, in their order', async (t) => {
  const [one, two] = [text(1), text(2)];
  t.same(textsHash(T, one), sha256(T, sha256(one)));
  t.notSame(textsHash(textsHash(T, one), two), textsHash(textsHash(T, two), one));
});

test('the header has 40 bytes before the tag', async (t) => {
  const record = await sendingAs().seal('text', text(1), TIME, alice);
  t.equal(record.subarray(0, ROOM_AAD).toString('hex'), `${T.subarray(0, 16).toString('hex')}${'00'.repeat(16)}${TIME.toString(16).padStart(16, '0')}`);
});
