import { test } from 'tap';
import { sentenceOf, statusOf } from '../../../common/cli/run.js';
import { LimitError, TrustError, UsageError } from '../../../common/errors.js';

test('statuses', async (t) => {
  t.equal(statusOf(new UsageError('bad-argument', 'x')), 2);
  t.equal(statusOf(new UsageError('exists', 'x'), { statuses: { exists: 1 } }), 1);
  t.equal(statusOf(new UsageError('interrupted', 'x')), 130);
  t.equal(statusOf(new TrustError('revoked', 'x')), 1);
  t.equal(statusOf(new LimitError('busy', 'x')), 1);
  t.equal(statusOf(new Error('x')), 70);
  t.equal(statusOf('x'), 70);
});

test('one line, never a stack, nothing that a terminal obeys', async (t) => {
  t.equal(sentenceOf(new UsageError('bad-name', 'Not \x1b[2J\nthis.'), false), 'messageapp: Not \\u{1b}[2J\\u{a}this.\n');
  t.equal(sentenceOf(new UsageError('interrupted', 'x'), false), '');
  t.equal(sentenceOf(new TypeError('x is not y'), false),
    'messageapp: Something unexpected went wrong: x is not y (MESSAGEAPP_DEBUG=1 shows where)\n');
  t.match(sentenceOf(new TypeError('x'), true), /TypeError: x\n +at /);
});
