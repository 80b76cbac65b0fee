import { test } from 'tap';
import { privateIdentity, publicIdentity } from '../../common/crypto/identity.js';
import { readPrivatePem } from '../../common/crypto/node.js';
import { signRevoked } from '../../common/crypto/revoked-signature.js';
import { revokedFrom } from '../../common/files/revoked-list.js';
import { readSigned, writeLines, writeSigned } from '../../common/files/revoked-text.js';
import { hex, vector } from '../support/vector.js';

/** Made by make-revoked.sh: openssl and a shell. */
interface Vector {
  /** What both signatures are over. */
  readonly signed: string;
  readonly ed25519PrivateKey: string;
  readonly authorities: Record<'ed25519' | 'rsa', { readonly spki: string; readonly list: string }>;
}

const v = vector<Vector>('revoked');
const lines = {
  number: 7,
  list: [
    { username: 'alice', fingerprint: '2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90', date: '2026-01-31' },
    { username: 'user3', fingerprint: undefined, date: '2026-02-01' },
  ],
};

for (const kind of ['ed25519', 'rsa'] as const) {
  test(`a list that an authority of ${kind} has signed`, async (t) => {
    const { spki, list } = v.authorities[kind];
    const authority = publicIdentity(hex(spki));
    t.equal(authority.kind, kind);
    t.match(revokedFrom('revoked', Buffer.from(list), [authority]), lines);
    const { text, signature } = readSigned(Buffer.from(list));
    t.same(text, writeLines(lines));
    t.ok(authority.verify(hex(v.signed), signature), 'what is signed');
  });
}

test('the same bytes are made', async (t) => {
  const text = writeLines(lines);
  const signature = await signRevoked(text, privateIdentity(readPrivatePem(v.ed25519PrivateKey)));
  t.equal(writeSigned(text, signature).toString(), v.authorities.ed25519.list);
});
