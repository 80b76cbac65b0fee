import { createDecipheriv } from 'node:crypto';
import { test } from 'tap';
import { aesKey, open, seal } from '../../common/crypto/node.js';
import { ReceivingChain, SendingChain } from '../../common/crypto/ratchet.js';
import { RecordOpener, RecordSealer } from '../../common/crypto/record-key.js';
import { Secret } from '../../common/crypto/secret.js';
import { recordCapacity } from '../../common/wire/record.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { shortTags } from './live/B7-short-tags.js';

const KEY = Buffer.alloc(32, 7);
const [iv, aad, plaintext] = [Buffer.alloc(12, 1), Buffer.from('header'), Buffer.from('secret text')];
const { tag, ciphertext } = seal(KEY, iv, aad, plaintext);

test('B7: Node takes a tag of 4 bytes where nobody says otherwise', async (t) => {
  const decipher = createDecipheriv('aes-256-gcm', KEY, iv);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag.subarray(0, 4));
  t.same(Buffer.concat([decipher.update(ciphertext), decipher.final()]), plaintext, 'this is what is to be kept out');
});

test('B7: only a tag of 16 bytes opens, as a key of either form', async (t) => {
  for (const key of [KEY, aesKey(KEY)]) {
    for (let length = 0; length <= 20; length++) {
      const other = Buffer.concat([tag, Buffer.alloc(4)]).subarray(0, length);
      t.same(open(key, iv, aad, ciphertext, other), length === 16 ? plaintext : undefined, `${length} bytes`);
    }
  }
});

test('B7: nothing of the plaintext is given before the tag is checked', async (t) => {
  const wrong = Buffer.from(tag);
  wrong.writeUInt8(wrong.readUInt8(15) ^ 1, 15);
  t.equal(open(KEY, iv, aad, ciphertext, wrong), undefined);
  t.equal(open(KEY, iv, Buffer.from('Header'), ciphertext, tag), undefined);
  t.equal(open(KEY, Buffer.alloc(12, 2), aad, ciphertext, tag), undefined);
  t.equal(open(Buffer.alloc(32, 8), iv, aad, ciphertext, tag), undefined);
});

test('B7: records whose tag is cut, by leaving bytes out or by zeros', async (t) => {
  const outer = Buffer.concat(new RecordSealer('alice', new Secret(Buffer.from(KEY))).seal(Buffer.alloc(recordCapacity(1), 1)));
  const inner = new SendingChain(new Secret(Buffer.from(KEY))).seal('text', Buffer.from('x'), 1);
  for (let length = 0; length < 16; length++) {
    const cut = (record: Buffer, at: number) => Buffer.concat([record.subarray(0, at + length), record.subarray(at + 16)]);
    const zeros = (record: Buffer, at: number) => Buffer.from(record).fill(0, at + length, at + 16);
    const opener = new RecordOpener('alice', new Secret(Buffer.from(KEY)));
    const chain = new ReceivingChain(new Secret(Buffer.from(KEY)));
    for (const change of [cut, zeros]) {
      if (change(outer, 33).equals(outer) || change(inner, 36).equals(inner)) continue;
      t.equal(opener.open(change(outer, 33)), undefined);
      t.equal(chain.open(change(inner, 36)), undefined);
    }
  }
});

test('B7: from outside, records with short tags', async (t) => {
  await withstands(t, shortTags, fieldOf(t, await TestServer.start(t)));
});
