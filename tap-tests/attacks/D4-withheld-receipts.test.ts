import { readFile } from 'node:fs/promises';
import { test } from 'tap';
import { type as content } from '../support/attacker/conversation.js';
import { SigningBob } from '../support/signing-bob.js';
import { verified } from '../support/transcripts.js';
import { until } from '../support/until.js';

test('D4: bob reads all and signs for nothing: the transcript of alice says what is not proven', async (t) => {
  const bob = await SigningBob.open(t);
  const { chat } = await bob.signed();
  chat.receipts = false;
  for (const text of ['one', 'two']) bob.alice.do({ do: 'say', with: 'bob', text });
  await chat.expect(content.signedText);
  await chat.expect(content.signedText);
  chat.session.line.cut();
  await bob.alice.next('left');
  bob.alice.do({ do: 'exit' });
  await bob.alice.next('closed');
  const { status, said } = await verified(await readFile((await bob.transcripts())[0]!));
  t.equal(status, 0, 'what alice has said is signed all the same');
  t.match(said, 'That bob has got anything of what alice said is NOT proven: there is no receipt.');
  t.match(said, 'bob has signed nothing in this file: that bob was there is only the word of alice.');
});

test('D4: a receipt for the first, and none for what follows; a text that has seen counts as one', async (t) => {
  const bob = await SigningBob.open(t);
  const { chat, book } = await bob.signed();
  chat.receipts = false;
  const hear = async (text: string) => {
    bob.alice.do({ do: 'say', with: 'bob', text });
    const { content: body } = await chat.expect(content.signedText);
    const time = Number(body.readBigUInt64BE());
    book.text('caller', text, { time, seen: Number(body.readBigUInt64BE(8)) });
  };
  await hear('one');
  chat.say(content.signedReceipt, book.receipt('receiver').content);
  t.match(await bob.alice.next('receipt'), { with: 'bob', own: 1, other: 0 });
  await hear('two');
  chat.say(content.signedText, book.text('receiver', 'I have read two').content);
  await bob.alice.next('message');
  await hear('three');
  chat.session.line.cut();
  await bob.alice.next('left');
  bob.alice.do({ do: 'exit' });
  await bob.alice.next('closed');
  const { status, said } = await verified(await readFile((await bob.transcripts())[0]!));
  t.equal(status, 0);
  t.match(said, 'That bob has got it is proven up to alice 2; from alice 3 on a receipt is missing.');
});

test('D4: alice signs for every 20 texts, and for the rest when she leaves', async (t) => {
  const bob = await SigningBob.open(t);
  const { chat, book } = await bob.signed();
  const say = (n: number) => chat.say(content.signedText, book.text('receiver', `text ${n}`).content);
  for (let n = 1; n <= 20; n++) say(n);
  t.equal(Number((await chat.expect(content.signedReceipt)).content.readBigUInt64BE(8)), 20);
  for (let n = 21; n <= 45; n++) say(n);
  await bob.alice.next('message', ({ text }) => text === 'text 45');
  bob.alice.do({ do: 'leave', with: 'bob' });
  await until('the goodbye', () => (chat.readOn(), chat.heard.some(({ type }) => type === content.goodbye)));
  const receipts = chat.heard.filter(({ type }) => type === content.signedReceipt).map(({ content: body }) => Number(body.readBigUInt64BE(8)));
  t.equal(receipts.at(-1), 45, 'the last one is for all');
  t.ok(receipts.every((m, at) => at === 0 || m > receipts[at - 1]!), 'none falls back');
  t.equal(chat.heard.at(-1)!.type, content.goodbye, 'the goodbye comes behind it');
  book.hashes.receiver.length = 46;
  t.same(chat.heard.filter(({ type }) => type === content.signedReceipt).at(-1)!.content, book.receipt('caller').content, 'and bob can check it');
});
