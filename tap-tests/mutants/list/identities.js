import { sabotage } from '../mutant.js';
/** Public keys and what they are known by: docs/PROTOCOL.md, Identity keys, and part 5, Safety number. */
export const identities = [
    ...sabotage('common/crypto/rsa-public.ts', 'attacks/A12-hostile-keys.test.ts', [
        ['RSA keys may be small', 'if (bits < minBits || bits > maxBits) {', 'if (bits > maxBits) {'],
        ['RSA keys may be huge', 'if (bits < minBits || bits > maxBits) {', 'if (bits < minBits) {'],
        ['an even RSA modulus is taken', '& 1) === 0) {', '& 1) === 2) {'],
        ['RSA exponents may be small', 'if (!exponent.equals(EXPONENT)) {', 'if (exponent.length > EXPONENT.length) {'],
    ]),
    ...sabotage('common/crypto/ed25519-public.ts', 'attacks/A12-hostile-keys.test.ts', [
        ['Ed25519: y above p is taken', 'if (y >= P)', 'if (y > 2n * P)'],
        ['Ed25519: points of small order are taken', 'if (SMALL_ORDER.has(y))', 'if (false)'],
        ['Ed25519: one point of order 8 is forgotten', 'ORDER_8, P - ORDER_8]', 'ORDER_8]'],
    ]),
    ...sabotage('common/crypto/identity.ts', 'attacks/A20-encodings.test.ts', [
        ['an SPKI with unused bits is taken', ' || bits.content[0] !== 0', ''],
        ['an SPKI with a third field is taken', 'bits.content[0] !== 0 || others.length > 0', 'bits.content[0] !== 0'],
        ['a private identity of 1024 bits is taken', 'RSA_BITS_MIN = 2048',
            'RSA_BITS_MIN = 1024', 'common/crypto/identity.test.ts'],
        ['a public identity shares the bytes it was made of', 'const own = Buffer.from(spki);',
            'const own = spki;', 'common/crypto/identity.test.ts'],
    ]),
    ...sabotage('common/crypto/safety-number.ts', 'vectors/safety-number.test.ts', [
        ['the safety number differs between the two sides', '\n    .sort(Buffer.compare)', ''],
        ['the safety number knows no names', "Buffer.from(username, 'latin1'), ",
            '', 'attacks/A6-fields-run-together.test.ts'],
        ['names of a safety number run into fingerprints', 'Buffer.from([username.length]), ', ''],
    ]),
    ...sabotage('common/crypto/peer-transcript.ts', 'attacks/A4-unknown-key-share.test.ts', [
        ["the receiver's key is not in what is signed", 'caller.fingerprint, receiver.fingerprint,', 'caller.fingerprint,'],
        ["the caller's key is not in what is signed", 'caller.fingerprint, receiver.fingerprint,', 'receiver.fingerprint,'],
        ["the receiver's name is not in what is signed", ', name(receiver.username),', ','],
        ["the caller's name is not in what is signed", ', name(caller.username),', ','],
        ['the conversation is not in what is signed', "labels.chat, Buffer.from(conversation, 'hex'),", 'labels.chat,'],
        ['a renewal is not bound to the exchange before', ', renewal.bytes);',
            ');', 'client/engine/conversation/renewal.test.ts'],
        ['a renewal is not bound to its conversation', "labels.renewal, Buffer.from(conversation, 'hex'),",
            'labels.renewal,', 'attacks/A6-fields-run-together.test.ts'],
    ]),
];
