import { test } from 'tap';
import { encode } from '../../common/bytes/codec.js';
import { finish } from '../../common/crypto/exchange.js';
import { randomBytes, sha256 } from '../../common/crypto/node.js';
import { type EphemeralKey, rsaSuite, X25519Ephemeral, x25519Suite } from '../../common/crypto/suite.js';
import { body3, body3WithoutSignature } from '../../common/wire/bodies.js';
import { edIdentity, rsaEphemeral } from '../support/exchange-pair.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { malformedShares } from './live/A13-malformed-shares.js';

const [alice, anybody] = [edIdentity(), edIdentity()];
const t2 = Buffer.alloc(32, 5);

/** alice signs whatever share she is told to: the best that an attacker with an account can do. */
async function m3(share: Buffer): Promise<Buffer> {
  const unsigned = { certificates: [], share };
  const t3s = sha256(t2, encode(body3WithoutSignature, unsigned));
  const signature = await alice.sign(Buffer.concat([Buffer.from('MessageApp/2 initiator\0', 'ascii'), t3s]));
  return encode(body3, { ...unsigned, signature });
}

/** What is done with the private half, and what is answered. */
async function attempt(ephemeral: EphemeralKey, share: Buffer, as = alice): Promise<{ answer: string; work: string }> {
  const work: string[] = [];
  const watched: EphemeralKey = {
    suite: ephemeral.suite, publicBytes: ephemeral.publicBytes,
    open: (given) => (work.push('private'), ephemeral.open(given)),
    openDecoy: () => (work.push('private'), ephemeral.openDecoy()),
    destroy: () => void work.push('destroyed'),
  };
  try {
    finish({ t2, ephemeral: watched }, await m3(share), () => as.public);
    return { answer: 'TAKEN', work: work.join() };
  } catch (error) {
    const { name, code, message } = error as { name: string; code: string; message: string };
    return { answer: `${name} ${code}: ${message}`, work: work.join() };
  }
}

/** Of each suite: what an oracle would be asked. */
function* shares(ephemeral: EphemeralKey, count: number): Generator<Buffer> {
  const good = ephemeral.suite.share(ephemeral.publicBytes, randomBytes).share;
  for (const length of [0, 1, good.length - 1, good.length + 1, 512]) yield Buffer.alloc(length, 1);
  yield Buffer.alloc(good.length);
  if (ephemeral.suite === rsaSuite) {
    yield Buffer.alloc(good.length, 0xff);
    for (const length of [0, 1, 31, 33, 190]) yield rsaSuite.share(ephemeral.publicBytes, () => Buffer.alloc(length, 1)).share;
  }
  for (let n = 0; n < count; n++) {
    const share = ephemeral.suite === rsaSuite ? Buffer.from(good) : Buffer.alloc(31 + (n % 2) * 2, n);
    if (ephemeral.suite === rsaSuite) share.writeUInt8(share.readUInt8(n % 256) ^ (1 + (n % 255)), n % 256);
    yield share;
  }
}

for (const [suite, make, count] of [[rsaSuite, rsaEphemeral, 800], [x25519Suite, () => new X25519Ephemeral(), 9_200]] as const) {
  test(`A13: thousands of malformed shares have one answer and one amount of work (${suite.name})`, async (t) => {
    const outcomes = new Map<string, number>();
    const ephemeral = make();
    for (const share of shares(ephemeral, count)) {
      const { answer, work } = await attempt(ephemeral, share);
      outcomes.set(`${answer} | ${work}`, (outcomes.get(`${answer} | ${work}`) ?? 0) + 1);
    }
    t.same([...outcomes.keys()], ['HandshakeError bad-share: The key share of the other side does not open. | private,destroyed']);
    t.ok([...outcomes.values()][0]! > count);
  });

  test(`A13: a good share behind a wrong signature is not opened, and costs the same (${suite.name})`, async (t) => {
    const ephemeral = make();
    const { share } = suite.share(ephemeral.publicBytes, randomBytes);
    const { answer, work } = await attempt(ephemeral, share, anybody);
    t.match(answer, /bad-signature/);
    t.equal(work, 'private,destroyed');
    t.equal((await attempt(ephemeral, share)).answer, 'TAKEN', 'and behind the right one it is');
  });
}

test('A13: from outside, one answer, one timing class', async (t) => {
  await withstands(t, malformedShares, fieldOf(t, await TestServer.start(t), 0.2));
});
