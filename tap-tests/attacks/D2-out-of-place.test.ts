import { test } from 'tap';
import { type Conversation, type as content } from '../support/attacker/conversation.js';
import { newPerson, signAs } from '../support/attacker/primitives.js';
import { SignedBook } from '../support/attacker/signed.js';
import { SigningBob } from '../support/signing-bob.js';
import { checked, fileOf, newBook } from '../support/transcripts.js';

const MALFORMED = ['warning malformed', 'left tampered by me'];
const OUT_OF_TURN = ['warning out-of-turn', 'left tampered by me'];

test('D2: a signed text of one conversation, put into another', async (t) => {
  const bob = await SigningBob.open(t);
  const first = await bob.signed();
  const said = first.book.text('receiver', 'I take it.');
  first.chat.say(content.signedText, said.content);
  t.match(await bob.alice.next('message'), { text: 'I take it.', signed: true });
  first.chat.say(content.goodbye, '');
  bob.alice.do({ do: 'leave', with: 'bob' });
  await bob.over(first.chat);

  const second = await bob.signed();
  second.chat.say(content.signedText, said.content);
  t.same(await bob.over(second.chat), MALFORMED, 'to the other client');
  t.same(checked(fileOf([second.book.header, said.line])).fault?.line, 2, 'in a transcript');
});

test('D2: behind texts that came late, what alice said to bob, as if she had said it to user3', async (t) => {
  const said = newBook();
  const [hers, his] = [said.text('caller', 'good morning'), said.text('receiver', 'good morning')];
  const offer = said.text('caller', 'I sell you the boat for 100.');
  const user3 = newPerson();
  const forged = new SignedBook(said.conversation, {
    caller: said.speakers.caller, receiver: { name: 'user3', person: user3 },
  });
  const again = signAs(user3.privateKey, Buffer.concat([Buffer.from('MessageApp/2 signed text\0'), his.hash]));
  const lines = [said.late('caller', hers), said.late('receiver', his), offer.line];
  t.equal(checked(fileOf([said.header, ...lines])).fault, undefined, 'to bob she has said it');
  lines[1] = forged.late('receiver', { ...his, signature: again });
  t.equal(checked(fileOf([forged.header, ...lines])).fault?.line, 2);
});

type Play = readonly [told: readonly string[], play: (chat: Conversation, book: SignedBook) => void];
const say = (chat: Conversation, each: { content: Buffer }, type: number = content.signedText) => chat.say(type, each.content);

const signedPlays: Record<string, Play> = {
  'the same text twice': [['message once', ...MALFORMED], (chat, book) => {
    const once = book.text('receiver', 'once');
    say(chat, once);
    say(chat, once);
  }],
  'a text left out': [MALFORMED, (chat, book) => {
    book.text('receiver', 'one');
    say(chat, book.text('receiver', 'two'));
  }],
  'in the name of alice': [MALFORMED, (chat, book) => say(chat, book.text('caller', 'I owe bob 1000'))],
  'signed by alice, as if she were bob': [MALFORMED, (chat, book) => say(chat, book.text('receiver', 'x', { signer: book.speakers.caller.person }))],
  'having seen what alice never said': [MALFORMED, (chat, book) => say(chat, book.text('receiver', 'x', { seen: 1 }))],
  'a time before that of the last': [['message one', ...MALFORMED], (chat, book) => {
    say(chat, book.text('receiver', 'one', { time: 2_000 }));
    say(chat, book.text('receiver', 'two', { time: 1_999 }));
  }],
  'a time after the year 9999': [MALFORMED, (chat, book) => {
    const late = book.text('receiver', 'x', { time: 253_402_300_799_999 });
    late.content.writeBigUInt64BE(253_402_300_800_000n);
    say(chat, late);
  }],
  'text that is not UTF-8': [MALFORMED, (chat, book) => chat.say(content.signedText, Buffer.concat([book.text('receiver', '').content, Buffer.from([0xff])]))],
  'a content that is cut off': [MALFORMED, (chat, book) => chat.say(content.signedText, book.text('receiver', '').content.subarray(0, 60))],
  'a receipt for what alice never said': [MALFORMED, (chat, book) => say(chat, book.receipt('receiver', { other: 1 }), content.signedReceipt)],
  'a receipt for more of his own than he has said': [MALFORMED, (chat, book) => {
    book.text('receiver', 'one');
    say(chat, book.receipt('receiver'), content.signedReceipt);
  }],
  'a receipt of alice, sent back': [MALFORMED, (chat, book) => say(chat, book.receipt('caller'), content.signedReceipt)],
  'a text that is not signed, after he has agreed': [OUT_OF_TURN, (chat) => chat.text('deniable')],
  'a text that is not signed, behind one that is': [['message one', ...OUT_OF_TURN], (chat, book) => {
    say(chat, book.text('receiver', 'one'));
    chat.text('deniable');
  }],
  'a proposal where all is signed': [OUT_OF_TURN, (chat) => chat.say(content.sign, '')],
  'agreed twice': [OUT_OF_TURN, (chat) => chat.say(content.agreed, '')],
  'declined after agreeing': [OUT_OF_TURN, (chat) => chat.say(content.declined, '')],
};

test('D2: out of place in a signed conversation', async (t) => {
  const bob = await SigningBob.open(t);
  for (const [what, [told, play]] of Object.entries(signedPlays)) {
    const { chat, book } = await bob.signed();
    play(chat, book);
    t.same(await bob.over(chat), told, what);
  }
});

const plainPlays: Record<string, Play> = {
  'a signed text': [OUT_OF_TURN, (chat, book) => say(chat, book.text('receiver', 'x'))],
  'a signed receipt': [OUT_OF_TURN, (chat, book) => say(chat, book.receipt('receiver'), content.signedReceipt)],
  'agreed to what nobody proposed': [OUT_OF_TURN, (chat) => chat.say(content.agreed, '')],
  'declined what nobody proposed': [OUT_OF_TURN, (chat) => chat.say(content.declined, '')],
  'proposed twice': [OUT_OF_TURN, (chat) => {
    chat.say(content.sign, '');
    chat.say(content.sign, '');
  }],
  'proposed, and signed before alice agrees': [OUT_OF_TURN, (chat, book) => {
    chat.say(content.sign, '');
    say(chat, book.text('receiver', 'x'));
  }],
  'a proposal with something in it': [MALFORMED, (chat) => chat.say(content.sign, 'x')],
};

test('D2: where nobody has agreed to sign', async (t) => {
  const bob = await SigningBob.open(t);
  for (const [what, [told, play]] of Object.entries(plainPlays)) {
    const chat = await bob.chat();
    play(chat, bob.book(chat));
    t.same(await bob.over(chat), told, what);
    t.notOk(bob.alice.events.some(({ event }) => event === 'signed'), what);
  }
});

test('D2: texts on their way when both propose at once still come, and are shown as not signed', async (t) => {
  const bob = await SigningBob.open(t);
  const chat = await bob.chat();
  bob.alice.do({ do: 'sign', with: 'bob' });
  chat.say(content.sign, '');
  await bob.alice.next('signed');
  chat.text('on its way');
  const message = await bob.alice.next('message');
  t.equal(message.text, 'on its way');
  t.notOk('signed' in message);
  chat.say(content.signedText, bob.book(chat).text('receiver', 'signed').content);
  t.match(await bob.alice.next('message'), { text: 'signed', signed: true });
  chat.text('too late');
  t.same((await bob.over(chat)).slice(-2), OUT_OF_TURN);
});
