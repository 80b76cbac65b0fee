import type { KeyObject } from 'node:crypto';
import { fingerprintOf, keyFrom, personWith, sha256 } from '../support/attacker/primitives.js';
import { type Role, SignedBook } from '../support/attacker/signed.js';

/** Makes signed.json, always the same: keys are hashes of what they are for, and Ed25519 signs alike each time. */
const bytes = (what: string): Buffer => sha256(`vectors of signed conversations: ${what}`);
const hex = (each: Uint8Array): string => Buffer.from(each).toString('hex');
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;

const person = (name: string) => personWith(keyFrom('ed25519', bytes(`identity of ${name}`)));
const speakers = { caller: { name: 'alice', person: person('alice') }, receiver: { name: 'bob', person: person('bob') } };
const book = new SignedBook(bytes('conversation').subarray(0, 8), speakers);

type Said =
  | { is: 'text'; from: Role; n: number; time: number; seen: number; text: string; hash: string; signature: string; content: string }
  | { is: 'receipt'; from: Role; own: number; other: number; hash: string; signature: string; content: string };

const lines = [book.header];
const said: Said[] = [];

function text(from: Role, words: string, faults: { seen?: number } = {}): void {
  const { hash, signature, content, line, ...rest } = book.text(from, words, faults);
  said.push({ is: 'text', from, ...rest, hash: hex(hash), signature: hex(signature), content: hex(content) });
  lines.push(line);
}

function receipt(from: Role): void {
  const { hash, signature, content, line, ...rest } = book.receipt(from);
  said.push({ is: 'receipt', from, ...rest, hash: hex(hash), signature: hex(signature), content: hex(content) });
  lines.push(line);
}

text('caller', 'I sell you the boat for 100.');
text('caller', 'Zażółć gęślą jaźń\n"\\\u0000\u2028🛶');
text('receiver', '', { seen: 1 });
receipt('receiver');
text('receiver', 'I take it.');
text('caller', 'x'.repeat(300));
receipt('caller');

export const signedVectors = {
  people: Object.fromEntries(Object.entries(speakers).map(([role, { name, person: { privateKey, spki } }]) =>
    [role, { name, privateKey: pem(privateKey), spki: hex(spki), fingerprint: hex(fingerprintOf(spki)) }])) as
    Record<Role, { name: string; privateKey: string; spki: string; fingerprint: string }>,
  conversation: hex(book.conversation),
  Z: hex(book.Z),
  first: { caller: hex(book.hashes.caller[0]!), receiver: hex(book.hashes.receiver[0]!) },
  said,
  transcript: lines.map((line) => `${line}\n`).join(''),
};

export const asJson = (): string => `${JSON.stringify(signedVectors, null, 1)}\n`;

if (process.argv[1]?.endsWith('make-signed.js')) process.stdout.write(asJson());
