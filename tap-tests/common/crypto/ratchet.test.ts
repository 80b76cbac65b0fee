import { createHmac } from 'node:crypto';
import { test } from 'tap';
import { hmacSha256, seal, type Sealing, watchSealing } from '../../../common/crypto/node.js';
import { counterBytes, readCounter, ReceivingChain, SendingChain } from '../../../common/crypto/ratchet.js';
import { Secret } from '../../../common/crypto/secret.js';
import { CONTENT_MAX, contentMax, contentTypes, SEALED_HEADER, sealedLength } from '../../../common/wire/end-to-end.js';

const TIME = 1_700_000_000_000;
const chain0 = () => Buffer.alloc(32, 5);
const pair = () => ({ sending: new SendingChain(new Secret(chain0())), receiving: new ReceivingChain(new Secret(chain0())) });
const text = (length: number) => Buffer.alloc(length, 0x61);

test('records of every size open in their order, with type, counter and time', async (t) => {
  const { sending, receiving } = pair();
  let counter = 0n;
  for (const length of [0, 1, contentMax(1), contentMax(1) + 1, CONTENT_MAX]) {
    const record = sending.seal('text', text(length), TIME + length);
    t.equal((record.length + 66) % 4096, 0);
    t.same(receiving.open(record), { type: contentTypes.text, content: text(length), counter: counter++, sealedAt: TIME + length });
  }
  t.equal(sending.counter, 5n);
  t.equal(receiving.counter, 5n);
});

test('each record has a key of its own, and every key of the chain is wiped', async (t) => {
  const keys: Buffer[] = [];
  const seen: string[] = [];
  watchSealing(({ key }: Sealing) => {
    keys.push(key as Buffer);
    seen.push((key as Buffer).toString('hex'));
  });
  t.teardown(() => watchSealing(undefined));
  const first = chain0();
  const sending = new SendingChain(new Secret(first));
  for (let n = 0; n < 5; n++) sending.seal('text', text(1), TIME);
  let chain: Buffer = chain0();
  for (const hex of seen) {
    t.equal(hex, hmacSha256(chain, Buffer.from([1])).toString('hex'));
    chain = hmacSha256(chain, Buffer.from([2]));
  }
  t.ok(keys.every((key) => key.equals(Buffer.alloc(32))), 'message keys');
  t.same(first, Buffer.alloc(32), 'the chain that was given');
});

test('what does not fit changes nothing: the right record opens afterwards', async (t) => {
  const { sending, receiving } = pair();
  const [one, two] = [sending.seal('text', text(1), TIME), sending.seal('text', text(2), TIME)];
  const other = new SendingChain(new Secret(Buffer.alloc(32, 6))).seal('text', text(1), TIME);
  const changed = (at: number) => {
    const copy = Buffer.from(one);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
  };
  const huge = Buffer.from(one);
  huge.fill(0xff, 28, 36);
  const attempts = {
    two, other, huge, magic: changed(0), counter: changed(12), time: changed(35), tag: changed(36), ciphertext: changed(52), end: changed(4029),
    short: one.subarray(1), empty: Buffer.alloc(0), longer: Buffer.concat([one, Buffer.alloc(4096)]), zeros: Buffer.alloc(4030),
  };
  for (const [name, record] of Object.entries(attempts)) t.equal(receiving.open(record), undefined, name);
  t.ok(receiving.open(one));
  t.equal(receiving.open(one), undefined, 'twice');
  t.ok(receiving.open(two));
});

test('a renewal replaces the chain and not the counter', async (t) => {
  const { sending, receiving } = pair();
  receiving.open(sending.seal('text', text(1), TIME));
  const fresh = [Buffer.alloc(32, 9), Buffer.alloc(32, 9)] as const;
  sending.renew(new Secret(fresh[0]));
  const record = sending.seal('text', text(1), TIME);
  t.equal(receiving.open(record), undefined, 'not with the old chain');
  receiving.renew(new Secret(fresh[1]));
  t.equal(receiving.open(record)?.counter, 1n);
  t.same(fresh[0], Buffer.alloc(32), 'and the chain moved on');
});

test('once wiped, nothing is sealed or opened', async (t) => {
  const { sending, receiving } = pair();
  const record = sending.seal('text', text(1), TIME);
  sending.wipe();
  receiving.wipe();
  t.throws(() => sending.seal('text', text(1), TIME), { message: /wiped/ });
  t.throws(() => receiving.open(record), { message: /wiped/ });
});

test('a text that is too long is not sealed, and uses up nothing', async (t) => {
  const { sending, receiving } = pair();
  t.throws(() => sending.seal('text', text(CONTENT_MAX + 1), TIME), { code: 'malformed' });
  t.equal(sending.counter, 0n);
  t.ok(receiving.open(sending.seal('text', text(1), TIME)));
});

test('counters of 16 bytes, there and back', async (t) => {
  const around = [32n, 53n, 64n, 127n].flatMap((bits) => [-2n, -1n, 0n, 1n].map((n) => 2n ** bits + n));
  for (const counter of [0n, 1n, ...around, 2n ** 128n - 1n]) t.equal(readCounter(counterBytes(counter)), counter);
  t.equal(counterBytes(0x0102n).toString('hex'), `0201${'00'.repeat(14)}`);
});

test('of all that a record was sealed and opened with, only the two next chains are left', async (t) => {
  const given: Buffer[] = [];
  const hmac = Object.getPrototypeOf(createHmac('sha256', '')) as { digest: (...args: unknown[]) => Buffer };
  const { digest } = hmac;
  hmac.digest = function watched(...args) {
    given.push(digest.apply(this, args));
    return given.at(-1)!;
  };
  const plaintexts: Buffer[] = [];
  watchSealing(({ plaintext }: Sealing) => void plaintexts.push(plaintext));
  t.teardown(() => {
    Object.assign(hmac, { digest });
    watchSealing(undefined);
  });
  const { sending, receiving } = pair();
  for (let n = 0; n < 3; n++) t.ok(receiving.open(sending.seal('text', text(5), TIME)));
  const left = given.filter((bytes) => bytes.some((byte) => byte !== 0));
  t.equal(given.length, 12);
  t.equal(left.length, 2, 'message keys and old chains are zeros');
  t.ok(plaintexts.every((bytes) => bytes.every((byte) => byte === 0)), 'and what was sealed');
});

test('a chain that a renewal replaces is overwritten', async (t) => {
  const old = chain0();
  new ReceivingChain(new Secret(old)).renew(new Secret(Buffer.alloc(32, 9)));
  t.same(old, Buffer.alloc(32));
});

test('a record with another magic or counter, sealed by who has the key', async (t) => {
  const key = hmacSha256(chain0(), Buffer.from([1]));
  const forged = (magic: string, counter: bigint) => {
    const aad = Buffer.concat([Buffer.from(magic, 'ascii'), counterBytes(counter), Buffer.alloc(8)]);
    const plaintext = Buffer.alloc(sealedLength(1) - SEALED_HEADER);
    plaintext.writeUInt8(contentTypes.text, 0);
    const { tag, ciphertext } = seal(key, aad.subarray(12, 24), aad, plaintext);
    return Buffer.concat([aad, tag, ciphertext]);
  };
  const { receiving } = pair();
  for (const [magic, counter] of [['MessageAppV1', 0n], ['MessageAppV2', 1n], ['MessageAppV2', 2n ** 96n]] as const) {
    t.equal(receiving.open(forged(magic, counter)), undefined, `${magic} ${counter}`);
  }
  t.equal(receiving.open(forged('MessageAppV2', 0n))?.counter, 0n, 'and as it should be');
});
