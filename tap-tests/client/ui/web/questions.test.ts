import { test } from 'tap';
import type { Question } from '../../../../client/ui/web/model/model.js';
import { Questions } from '../../../../client/ui/web/questions.js';

test('a question is answered once, and by nothing that was meant for another', async (t) => {
  const shown: (Question | null)[] = [];
  const questions = new Questions((question) => shown.push(question));
  t.notOk(questions.answer({ kind: 'passphrase', secret: 'too early' }));
  const passphrase = questions.ask({ kind: 'passphrase', again: false });
  t.notOk(questions.answer({ kind: 'password', secret: 'for the server' }));
  t.ok(questions.answer({ kind: 'passphrase', secret: 'the right one' }));
  t.equal(await passphrase, 'the right one');
  const password = questions.ask({ kind: 'password', again: true });
  t.notOk(questions.answer({ kind: 'passphrase', secret: 'of the other tab' }), 'it never becomes the password');
  t.ok(questions.answer({ kind: 'password', secret: 'of the account' }));
  t.equal(await password, 'of the account');
  t.notOk(questions.answer({ kind: 'password', secret: 'again' }));
  t.same(shown, [{ kind: 'passphrase', again: false }, null, { kind: 'password', again: true }, null]);
  t.notMatch(JSON.stringify({ ...questions }), 'account', 'what was answered is kept nowhere');
});

test('a client that ends asks no more', async (t) => {
  const shown: (Question | null)[] = [];
  const questions = new Questions((question) => shown.push(question));
  questions.end();
  const asked = questions.ask({ kind: 'password', again: false });
  questions.end();
  await t.rejects(asked, { code: 'interrupted' });
  t.notOk(questions.answer({ kind: 'password', secret: 'too late' }));
  t.same(shown.at(-1), null);
});
