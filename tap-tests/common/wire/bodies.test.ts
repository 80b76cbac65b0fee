import { test } from 'tap';
import { type Codec, decode, encode } from '../../../common/bytes/codec.js';
import {
  body1, body2, body2WithoutSignature, body3, body3WithoutSignature, isRefusalCode, refusal, refusals,
} from '../../../common/wire/bodies.js';
import { CELL_BODY_MAX, CERTIFICATES_MAX, CERTIFICATE_BYTES_MAX, SIGNATURE_BYTES_MAX } from '../../../common/wire/limits.js';

const nonce = Buffer.alloc(32, 0x11);
const signature = Buffer.alloc(64, 0x22);
const m1 = { username: 'alice', suites: [2, 1], nonce };
const m2 = { certificates: [Buffer.alloc(3, 1), Buffer.alloc(2, 2)], suite: 2, nonce, ephemeralKey: Buffer.alloc(32, 3) };
const m3 = { certificates: [], share: Buffer.alloc(32, 4) };
const malformed = { name: 'WireError', code: 'malformed' };

test('M1, M2 and M3 as the specification lays them out', async (t) => {
  const said1 = encode(body1, m1);
  t.equal(said1.toString('hex'), `05${Buffer.from('alice').toString('hex')}020201${nonce.toString('hex')}`);
  const said2 = encode(body2, { ...m2, signature });
  t.equal(
    said2.toString('hex'),
    `0200030101010002020202${nonce.toString('hex')}0020${'03'.repeat(32)}0040${signature.toString('hex')}`,
  );
  const said3 = encode(body3, { ...m3, signature });
  t.equal(said3.toString('hex'), `000020${'04'.repeat(32)}0040${signature.toString('hex')}`);
  t.same(decode(body1, said1), m1);
  t.same(decode(body2, said2), { ...m2, signature });
  t.same(decode(body3, said3), { ...m3, signature });
});

test('what is signed is the body up to the length of the signature', async (t) => {
  const whole2 = encode(body2, { ...m2, signature });
  const whole3 = encode(body3, { ...m3, signature });
  t.same(encode(body2WithoutSignature, m2), whole2.subarray(0, -66));
  t.same(encode(body3WithoutSignature, m3), whole3.subarray(0, -66));
});

test('suites: 1 to 16, none twice', async (t) => {
  const withSuites = (...suites: number[]) => encode(body1, { ...m1, suites });
  t.same(decode(body1, withSuites(255, 0, 7)).suites, [255, 0, 7], 'numbers that nobody knows are read');
  t.equal(decode(body1, withSuites(...Array.from({ length: 16 }, (_, n) => n))).suites.length, 16);
  t.throws(() => decode(body1, withSuites(1, 2, 1)), { ...malformed, message: /one of them twice/ });
  t.throws(() => withSuites(), malformed);
  t.throws(() => withSuites(...Array.from({ length: 17 }, (_, n) => n)), malformed);
  const none = Buffer.concat([Buffer.from([0, 0]), nonce]);
  t.throws(() => decode(body1, none), { ...malformed, message: /^suites/ });
});

test('the nonce, the key, the share and the signature have their bounds', async (t) => {
  t.throws(() => encode(body1, { ...m1, nonce: Buffer.alloc(31) }), malformed);
  t.throws(() => encode(body2, { ...m2, ephemeralKey: Buffer.alloc(31), signature }), malformed);
  t.throws(() => encode(body2, { ...m2, ephemeralKey: Buffer.alloc(271), signature }), malformed);
  t.throws(() => encode(body2, { ...m2, signature: Buffer.alloc(0) }), malformed);
  t.throws(() => encode(body3, { ...m3, share: Buffer.alloc(513), signature }), malformed);
  t.throws(() => encode(body3, { ...m3, signature: Buffer.alloc(SIGNATURE_BYTES_MAX + 1) }), malformed);
  t.equal(decode(body3, encode(body3, { ...m3, share: Buffer.alloc(0), signature })).share.length, 0, 'no share is for `open` to refuse');
});

test('certificates: at most 8, none empty, none too long', async (t) => {
  const of = (...lengths: number[]) => encode(body3, { ...m3, certificates: lengths.map((length) => Buffer.alloc(length, 1)), signature });
  t.equal(decode(body3, of(...Array<number>(CERTIFICATES_MAX).fill(1))).certificates.length, CERTIFICATES_MAX);
  t.throws(() => of(...Array<number>(CERTIFICATES_MAX + 1).fill(1)), malformed);
  t.throws(() => of(0), malformed);
  t.throws(() => of(CERTIFICATE_BYTES_MAX + 1), malformed);
  t.throws(() => decode(body3, Buffer.from('09', 'hex')), { ...malformed, message: /^certificates: 9 items/ });
});

test('a body cut anywhere, or with a byte left over', async (t) => {
  const bodies: [Codec<any>, object][] = [[body1, m1], [body2, { ...m2, signature }], [body3, { ...m3, signature }]];
  for (const [codec, value] of bodies) {
    const body = encode(codec, value);
    for (let length = 0; length < body.length; length++) t.throws(() => decode(codec, body.subarray(0, length)), malformed);
    t.throws(() => decode(codec, Buffer.concat([body, Buffer.alloc(1)])), { ...malformed, message: /left over/ });
  }
});

test('the largest sensible M2 fits in a cell', async (t) => {
  const largest = encode(body2, { ...m2, certificates: [Buffer.alloc(3_000)], ephemeralKey: Buffer.alloc(270), signature: Buffer.alloc(512) });
  t.ok(largest.length <= CELL_BODY_MAX);
});

test('refusals: each code has a sentence', async (t) => {
  for (const [code, { name, text }] of Object.entries(refusals)) {
    t.ok(isRefusalCode(Number(code)), name);
    t.match(text, /^[A-Z].*[.]/s);
    t.same(decode(refusal, encode(refusal, { code: Number(code) })), { code: Number(code) });
  }
  for (const code of [0, 9, 65_535]) t.notOk(isRefusalCode(code));
  t.throws(() => decode(refusal, Buffer.from([1])), malformed);
  t.throws(() => decode(refusal, Buffer.from([0, 1, 0])), malformed);
});
