import { test } from 'tap';
import { RefusedError } from '../../../client/engine/login.js';
import { isPassing, isSystemError, pauseBefore, statusFor } from '../../../client/engine/retry.js';
import { HandshakeError, TrustError, UsageError, WireError } from '../../../common/errors.js';
import { refusals, type RefusalCode } from '../../../common/wire/bodies.js';

test('pauses double from a second to a minute, and are up to a quarter longer', async (t) => {
  const shortest = Array.from({ length: 9 }, (_, attempt) => pauseBefore(attempt, () => 0));
  t.same(shortest, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  t.equal(pauseBefore(0, () => 1), 1_250);
  t.equal(pauseBefore(5_000, () => 1), 75_000);
  const pauses = new Set(Array.from({ length: 50 }, () => pauseBefore(3)));
  t.ok(pauses.size > 10, 'not all at once');
});

const codes = Object.keys(refusals).map(Number) as RefusalCode[];
const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' });

test('a refusal is tried again on busy only, and after a loss whatever it says', async (t) => {
  t.same(codes.filter((code) => isPassing(new RefusedError(code), false)), [5]);
  t.same(codes.filter((code) => isPassing(new RefusedError(code), true)), codes, 'nobody has authenticated it');
});

test('what else is tried again: only after a loss, and never a server that is not believed', async (t) => {
  const passing: Error[] = [
    new UsageError('cannot-connect', 'x'), new WireError('truncated', 'x'), new HandshakeError('too-slow', 'x'), reset,
  ];
  const lasting: Error[] = [
    new TrustError('bad-certificate', 'x'), new HandshakeError('bad-signature', 'x'), new HandshakeError('bad-public-key', 'x'), new Error('unknown'),
  ];
  for (const error of [...passing, ...lasting]) t.notOk(isPassing(error, false), `${error}`);
  for (const error of passing) t.ok(isPassing(error, true), `${error}`);
  for (const error of lasting) t.notOk(isPassing(error, true), `${error}`);
});

test('exit statuses', async (t) => {
  for (const wasOnline of [true, false]) {
    t.equal(statusFor(new TrustError('bad-certificate', 'x'), wasOnline), 4);
    t.equal(statusFor(new HandshakeError('bad-signature', 'x'), wasOnline), 4);
    t.equal(statusFor(new RefusedError(3), wasOnline), 4);
    for (const error of [new UsageError('cannot-connect', 'x'), new HandshakeError('too-slow', 'x'), reset]) {
      t.equal(statusFor(error, wasOnline), wasOnline ? 5 : 3);
    }
  }
  t.equal(statusFor(new RefusedError(1), false), 3, 'the other side speaks something else');
});

test('errors of the system', async (t) => {
  t.ok(isSystemError(reset));
  for (const error of [new Error('x'), undefined, null, 'ECONNRESET', { code: 'ECONNRESET' }]) t.notOk(isSystemError(error));
});
