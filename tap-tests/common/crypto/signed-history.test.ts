import { test } from 'tap';
import { SignedHistory } from '../../../common/crypto/signed-history.js';

const party = (username: string, byte: number) => ({ username, fingerprint: Buffer.alloc(32, byte) });
const newHistory = () => new SignedHistory('0123456789abcdef', party('alice', 1), party('bob', 2));
const said = (seen: number, time = 1, text = 'x') => ({ seen, time, text });

test('numbers follow each other, and nothing counts before it is committed', async (t) => {
  const history = newHistory();
  const first = history.text('caller', said(0));
  t.equal(first.n, 1);
  t.equal(history.count('caller'), 0);
  t.same(history.text('caller', said(0)).hash, first.hash);
  first.commit();
  t.equal(history.count('caller'), 1);
  const second = history.text('caller', said(0));
  t.equal(second.n, 2);
  t.notSame(second.hash, first.hash, 'the same words again are another text');
});

test('each field is in the hash', async (t) => {
  const history = newHistory();
  history.text('receiver', said(0)).commit();
  const hashes = [
    history.text('caller', said(0)), history.text('caller', said(1)), history.text('caller', said(0, 2)),
    history.text('caller', said(0, 1, 'y')), history.text('receiver', said(0)),
    new SignedHistory('0123456789abcdee', party('alice', 1), party('bob', 2)).text('caller', said(0)),
    new SignedHistory('0123456789abcdef', party('alice', 3), party('bob', 2)).text('caller', said(0)),
    new SignedHistory('0123456789abcdef', party('alice', 1), party('user3', 2)).text('caller', said(0)),
    history.receipt('caller', 0, 0), history.receipt('caller', 0, 1), history.receipt('receiver', 1, 0),
  ].map(({ hash }) => hash.toString('hex'));
  t.equal(new Set(hashes).size, hashes.length);
});

test('what was seen neither falls back nor runs ahead, in texts and receipts together', async (t) => {
  const history = newHistory();
  for (let n = 0; n < 3; n++) history.text('caller', said(0)).commit();
  t.throws(() => history.text('receiver', said(4)), { code: 'malformed' });
  t.throws(() => history.receipt('receiver', 0, 4), { code: 'malformed' });
  history.receipt('receiver', 0, 2).commit();
  t.throws(() => history.text('receiver', said(1)), { code: 'malformed' });
  history.text('receiver', said(2)).commit();
  t.throws(() => history.receipt('receiver', 1, 1), { code: 'malformed' });
  history.receipt('receiver', 1, 3).commit();
  t.equal(history.seen('receiver'), 3);
  t.throws(() => history.receipt('receiver', 0, 3), { code: 'malformed' }, 'own texts before it count');
  t.throws(() => history.receipt('receiver', 2, 3), { code: 'malformed' });
});

test('time does not go back', async (t) => {
  const history = newHistory();
  history.text('caller', said(0, 5)).commit();
  t.throws(() => history.text('caller', said(0, 4)), { code: 'malformed' });
  t.ok(history.text('caller', said(0, 5)));
  t.ok(history.text('receiver', said(0, 1)), "each side's own clock");
});
