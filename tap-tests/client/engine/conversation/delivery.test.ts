import { test } from 'tap';
import { Incoming, Outgoing, WAITING_MAX } from '../../../../client/engine/conversation/delivery.js';
import { counterBytes } from '../../../../common/crypto/ratchet.js';

const malformed = { name: 'WireError', code: 'malformed' };
const text = (id: string) => ({ id, bytes: Buffer.from(id) });

/** Texts that were sent as the records with these counters. */
function sent(...counters: bigint[]): Outgoing {
  const outgoing = new Outgoing();
  for (const counter of counters) {
    outgoing.add(text(`${counter}`));
    outgoing.sent(counter);
  }
  return outgoing;
}

test('texts go in their order, 64 of them without a receipt', async (t) => {
  const outgoing = new Outgoing();
  for (let n = 0; n < 70; n++) outgoing.add(text(`${n}`));
  for (let n = 0n; n < 64n; n++) {
    t.equal(outgoing.next()?.id, `${n}`);
    outgoing.sent(n);
  }
  t.equal(outgoing.next(), undefined);
  t.same(outgoing.receipt(counterBytes(1n), 64n), ['0', '1']);
  t.equal(outgoing.next()?.id, '64');
  t.same(outgoing.left().unsent, ['64', '65', '66', '67', '68', '69']);
  t.equal(outgoing.left().unconfirmed.length, 62);
});

test('a report of a text that came too late makes room as well', async (t) => {
  const outgoing = sent(...Array.from({ length: 64 }, (_, n) => BigInt(n)));
  outgoing.add(text('next'));
  t.equal(outgoing.next(), undefined);
  t.equal(outgoing.discarded(counterBytes(30n)), '30');
  t.equal(outgoing.next()?.id, 'next');
});

test('a receipt confirms all texts up to it, each once, those reported apart', async (t) => {
  const outgoing = sent(1n, 4n, 5n, 9n);
  t.equal(outgoing.discarded(counterBytes(4n)), '4');
  t.same(outgoing.receipt(counterBytes(6n), 10n), ['1', '5']);
  t.same(outgoing.receipt(counterBytes(6n), 10n), [], 'the same again');
  t.same(outgoing.receipt(counterBytes(9n), 10n), ['9']);
  t.same(outgoing.left(), { unsent: [], unconfirmed: [] });
});

test('a receipt never falls back and never goes beyond what was sent', async (t) => {
  const outgoing = sent(1n, 2n, 3n);
  t.throws(() => outgoing.receipt(counterBytes(4n), 4n), malformed);
  t.throws(() => outgoing.receipt(counterBytes(2n ** 64n), 4n), malformed);
  t.throws(() => outgoing.receipt(counterBytes(2n ** 128n - 1n), 4n), malformed);
  t.same(outgoing.receipt(counterBytes(2n), 4n), ['1', '2']);
  t.throws(() => outgoing.receipt(counterBytes(1n), 4n), malformed);
  for (const length of [0, 8, 15, 17]) t.throws(() => outgoing.receipt(Buffer.alloc(length), 4n), malformed, `${length} bytes`);
  t.same(outgoing.left().unconfirmed, ['3'], 'nothing was lost by them');
});

test('reports of what was not sent, was reported, or is confirmed', async (t) => {
  const outgoing = sent(1n, 2n);
  outgoing.receipt(counterBytes(1n), 3n);
  outgoing.discarded(counterBytes(2n));
  for (const counter of [0n, 1n, 2n, 3n]) t.throws(() => outgoing.discarded(counterBytes(counter)), malformed, `${counter}`);
  for (const length of [0, 8, 17]) t.throws(() => outgoing.discarded(Buffer.alloc(length)), malformed);
});

test('no more than a thousand wait', async (t) => {
  const outgoing = new Outgoing();
  for (let n = 0; n < WAITING_MAX; n++) {
    t.notOk(outgoing.full);
    outgoing.add(text(`${n}`), n % 2 === 1);
  }
  t.ok(outgoing.full);
});

test('the receipt that is due', async (t) => {
  const incoming = new Incoming();
  t.notOk(incoming.due);
  incoming.shown(3n);
  incoming.shown(7n);
  t.ok(incoming.due);
  t.same(incoming.receipt(), counterBytes(7n));
  t.notOk(incoming.due);
});

test('a receipt and a report have exactly 16 bytes, also where the first 16 fit', async (t) => {
  const longer = Buffer.concat([counterBytes(1n), Buffer.alloc(1)]);
  t.throws(() => sent(1n).receipt(longer, 2n), malformed);
  t.throws(() => sent(1n).discarded(longer), malformed);
});
