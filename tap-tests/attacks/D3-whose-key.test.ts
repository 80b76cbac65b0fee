import { test } from 'tap';
import { newPerson, sha256 } from '../support/attacker/primitives.js';
import { SignedBook } from '../support/attacker/signed.js';
import { checked, fileOf, newBook, verified } from '../support/transcripts.js';

const made = (book: SignedBook, header = book.header) => fileOf([header, book.text('caller', 'hello').line, book.text('receiver', 'hi').line]);

/** The same keys and conversation, from the beginning. */
const newCopy = ({ conversation, speakers }: SignedBook) => new SignedBook(conversation, speakers);

test('D3: names, keys, roles and conversation are in what is signed', async (t) => {
  const book = newBook();
  const { caller, receiver } = book.speakers;
  const id = book.conversation;
  t.equal(checked(made(book)).fault, undefined);
  const others: Record<string, SignedBook> = {
    'another receiver': new SignedBook(id, { caller, receiver: { name: 'user3', person: newPerson() } }),
    'the receiver under another key': new SignedBook(id, { caller, receiver: { name: 'bob', person: newPerson() } }),
    'the receiver under another name': new SignedBook(id, { caller, receiver: { name: 'user3', person: receiver.person } }),
    'the caller under another key': new SignedBook(id, { caller: { name: 'alice', person: newPerson() }, receiver }),
    'the other one called': new SignedBook(id, { caller: receiver, receiver: caller }),
    'another conversation': new SignedBook(sha256('another').subarray(0, 8), book.speakers),
  };
  for (const [what, { header }] of Object.entries(others)) {
    t.match(checked(made(newCopy(book), header)).fault, { line: 2, why: /signature does not fit|neither side/ }, what);
  }
});

const P = 2n ** 255n - 19n;
const EIGHT = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

function ed25519Spki(y: bigint, sign: 0 | 1): Buffer {
  const raw = Buffer.from((y | (BigInt(sign) << 255n)).toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
}

test('D3: under a key of small order one signature can fit every text: line 1 is refused', async (t) => {
  const book = newBook();
  const key = (spki: Buffer) => `"key":"${spki.toString('base64')}"`;
  for (const y of [0n, 1n, P - 1n, EIGHT, P - EIGHT, P, P + 1n]) {
    for (const sign of [0, 1] as const) {
      const header = book.header.replace(key(book.speakers.caller.person.spki), key(ed25519Spki(y, sign)));
      t.not(header, book.header);
      t.match(checked(made(newCopy(book), header)).fault, { line: 1 }, `y = ${y}`);
    }
  }
});

test('D3: one name or one key on both sides, and a key that is none', async (t) => {
  const { speakers: { caller } } = newBook();
  const person = newPerson();
  for (const receiver of [{ name: 'alice', person }, { name: 'bob', person: caller.person }]) {
    const twice = new SignedBook(sha256('x').subarray(0, 8), { caller, receiver });
    t.match(checked(made(twice)).fault, { line: 1, why: /same (name|key)/ });
  }
  const { status, said } = await verified(made(newBook(), '{"transcript":1}'));
  t.equal(status, 1);
  t.match(said, /^NOT VALID: line 1: "conversation" is missing/);
});
