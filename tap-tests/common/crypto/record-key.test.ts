import { test } from 'tap';
import { hkdfExpand, type Sealing, watchSealing } from '../../../common/crypto/node.js';
import { RecordOpener, RecordSealer, writeCounter } from '../../../common/crypto/record-key.js';
import { Secret } from '../../../common/crypto/secret.js';
import { RECORDS_PER_KEY } from '../../../common/wire/limits.js';
import { recordCapacity } from '../../../common/wire/record.js';

const KEY = Buffer.alloc(32, 7);
const key = () => new Secret(Buffer.from(KEY));
const plaintext = (cells = 1) => Buffer.alloc(recordCapacity(cells), 0x61);
const pair = (counter = 0n, username = 'alice') => ({
  sealer: new RecordSealer(username, key(), counter), opener: new RecordOpener(username, key(), counter),
});

test('records of every size open in their order', async (t) => {
  const { sealer, opener } = pair();
  for (let cells = 1; cells <= 16; cells++) {
    const [header, ciphertext] = sealer.seal(plaintext(cells));
    const record = Buffer.concat([header, ciphertext]);
    t.equal(record.length, 4096 * cells);
    t.equal(record.toString('latin1', 0, 16), 'alice'.padEnd(16, '\0'));
    t.equal(record.readBigUInt64LE(16), BigInt(cells - 1));
    t.equal(record[32], cells);
    t.same(opener.open(record), plaintext(cells));
  }
});

test('what is not the next record changes nothing', async (t) => {
  const { sealer, opener } = pair();
  const [one, two] = [0, 1].map(() => Buffer.concat(sealer.seal(plaintext())));
  const other = Buffer.concat(new RecordSealer('bob', key()).seal(plaintext()));
  const otherKey = Buffer.concat(new RecordSealer('alice', new Secret(Buffer.alloc(32, 8))).seal(plaintext()));
  const cut = one!.subarray(0, -1);
  const longer = Buffer.concat([one!, Buffer.alloc(4096)]);
  for (const [name, record] of Object.entries({ two, other, otherKey, cut, longer })) t.equal(opener.open(record!), undefined, name);
  t.ok(opener.open(one!));
  t.equal(opener.open(one!), undefined, 'twice');
  t.ok(opener.open(two!));
});

test('counters of 16 bytes', async (t) => {
  const shown = (counter: bigint) => {
    const bytes = Buffer.alloc(18, 0xee);
    writeCounter(bytes, 1, counter);
    return bytes.toString('hex', 1, 17);
  };
  t.equal(shown(0x0102n), `0201${'00'.repeat(14)}`);
  t.equal(shown(2n ** 64n - 1n), `${'ff'.repeat(8)}${'00'.repeat(8)}`);
  t.equal(shown(2n ** 64n), `${'00'.repeat(8)}01${'00'.repeat(7)}`);
  t.equal(shown(2n ** 128n - 1n), 'ff'.repeat(16));
});

test('a record that does not verify uses up nothing of the key', async (t) => {
  const { sealer, opener } = pair(RECORDS_PER_KEY - 1n);
  const record = Buffer.concat(sealer.seal(plaintext()));
  const broken = Buffer.from(record);
  broken.writeUInt8(broken.readUInt8(4000) ^ 1, 4000);
  t.equal(opener.open(broken), undefined);
  t.ok(opener.open(record));
  t.ok(opener.open(Buffer.concat(sealer.seal(plaintext()))), 'under the next key');
});

test('the key is another one after 2^20 records, and the counter goes on', async (t) => {
  const used: string[] = [];
  watchSealing(({ key: by, iv }: Sealing) => void used.push(`${(Buffer.isBuffer(by) ? by : by.export()).toString('hex')} ${iv.toString('hex')}`));
  t.teardown(() => watchSealing(undefined));
  const { sealer, opener } = pair(RECORDS_PER_KEY - 2n);
  for (let n = 0; n < 4; n++) t.ok(opener.open(Buffer.concat(sealer.seal(plaintext()))));
  const following = hkdfExpand(KEY, 'MessageApp/2 key update', 32).toString('hex');
  const iv = (counter: bigint) => counter.toString(16).padStart(6, '0').match(/../g)!.reverse().join('').padEnd(24, '0');
  t.same(used, [-2n, -1n, 0n, 1n].map((n) => `${n < 0n ? KEY.toString('hex') : following} ${iv(RECORDS_PER_KEY + n)}`));
});

test('once wiped, nothing is sealed or opened', async (t) => {
  const { sealer, opener } = pair();
  const record = Buffer.concat(sealer.seal(plaintext()));
  sealer.wipe();
  opener.wipe();
  t.throws(() => sealer.seal(plaintext()));
  t.throws(() => opener.open(record));
});

test('a key is overwritten when the next one takes its place, and at the end', async (t) => {
  const given = Buffer.from(KEY);
  const sealer = new RecordSealer('alice', new Secret(given), RECORDS_PER_KEY - 2n);
  sealer.seal(plaintext());
  t.same(given, KEY);
  sealer.seal(plaintext());
  t.same(given, Buffer.alloc(32), 'replaced');
  const last = Buffer.from(KEY);
  new RecordOpener('alice', new Secret(last)).wipe();
  t.same(last, Buffer.alloc(32), 'wiped');
});
