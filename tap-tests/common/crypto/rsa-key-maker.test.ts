import { test } from 'tap';
import { randomBytes } from '../../../common/crypto/node.js';
import { WorkerKeyMaker } from '../../../common/crypto/rsa-key-maker.js';
import { rsaSuite } from '../../../common/crypto/suite.js';

test('a worker makes a key that both sides can use, and others do not wait for it', async (t) => {
  const maker = new WorkerKeyMaker();
  t.teardown(() => maker.close());
  let turns = 0;
  const making = maker.make();
  const counting = setInterval(() => turns++, 1);
  const key = await making;
  clearInterval(counting);
  t.ok(turns > 0, 'this thread went on');
  const { share, k } = rsaSuite.share(key.publicBytes, randomBytes);
  t.same(key.open(share)?.bytes, k.bytes);
  t.equal(key.publicBytes.length, 270);
});

test('closed while a key is made: it fails, and does not hang', async (t) => {
  const maker = new WorkerKeyMaker();
  const making = maker.make();
  const failed = t.rejects(making, { message: /has ended/ });
  await maker.close();
  await failed;
});

test('one that was never asked closes at once', async (t) => {
  const maker = new WorkerKeyMaker();
  await t.resolves(maker.close());
});
