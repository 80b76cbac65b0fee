import { test } from 'tap';
import { decode, encode } from '../../../common/bytes/codec.js';
import { CONTENT_MAX } from '../../../common/wire/end-to-end.js';
import { SIGNED_TEXT_MAX, signedReceiptContent, signedTextContent, TIME_MAX } from '../../../common/wire/signed.js';

const signature = Buffer.alloc(64, 1);
const text = { time: 1, seen: 2, signature, text: 'grüße' };

test('a signed text, a receipt: to the byte and back', async (t) => {
  const bytes = encode(signedTextContent, text);
  t.equal(bytes.toString('hex'), `00000000000000010000000000000002${'0040'}${'01'.repeat(64)}${Buffer.from('grüße').toString('hex')}`);
  t.same(decode(signedTextContent, bytes), text);
  const receipt = { own: 3, other: 4, signature };
  t.equal(encode(signedReceiptContent, receipt).toString('hex'), `00000000000000030000000000000004${'0040'}${'01'.repeat(64)}`);
  t.same(decode(signedReceiptContent, encode(signedReceiptContent, receipt)), receipt);
});

test('bounds', async (t) => {
  t.equal(SIGNED_TEXT_MAX, 64_882);
  t.equal(encode(signedTextContent, { ...text, signature: Buffer.alloc(512), text: 'x'.repeat(SIGNED_TEXT_MAX) }).length, CONTENT_MAX);
  for (const wrong of [{ signature: Buffer.alloc(0) }, { signature: Buffer.alloc(513) }, { text: 'x'.repeat(SIGNED_TEXT_MAX + 1) }]) {
    t.throws(() => encode(signedTextContent, { ...text, ...wrong }), { code: 'malformed' });
  }
  t.equal(new Date(TIME_MAX).toISOString(), '9999-12-31T23:59:59.999Z');
  const late = encode(signedTextContent, text);
  late.writeBigUInt64BE(BigInt(TIME_MAX) + 1n);
  t.throws(() => decode(signedTextContent, late), { code: 'malformed', message: /time/ });
  t.throws(() => decode(signedTextContent, encode(signedTextContent, text).subarray(0, 40)), { code: 'malformed' });
  t.throws(() => decode(signedReceiptContent, Buffer.concat([encode(signedReceiptContent, { own: 0, other: 0, signature }), Buffer.alloc(1)])), { code: 'malformed' });
});
