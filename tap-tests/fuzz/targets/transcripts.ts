import { decode, encode } from '../../../common/bytes/codec.js';
import { signedReceiptContent, signedTextContent } from '../../../common/wire/signed.js';
import { writeEntry, writeHeader } from '../../../client/transcript/lines.js';
import { TranscriptCheck } from '../../../client/verify/check.js';
import { readVerifyOptions } from '../../../client/verify/main.js';
import { LineCutter } from '../../../client/verify/read-lines.js';
import { report } from '../../../client/verify/report.js';
import { keyFrom, personWith, sha256 } from '../../support/attacker/primitives.js';
import { SignedBook } from '../../support/attacker/signed.js';
import { jsonTokens } from '../json-mutations.js';
import { bytesOf, check, same, type Target } from '../target.js';
import { isSafe, textTokens } from '../unsafe-text.js';

const person = (name: string) => personWith(keyFrom('ed25519', sha256(name)));
const book = new SignedBook(Buffer.alloc(8, 7), {
  caller: { name: 'alice', person: person('alice') }, receiver: { name: 'bob', person: person('bob') },
});
const one = book.text('caller', 'grüße\n"\u202e');
const receipt = book.receipt('receiver');
const lines = [book.header, one.line, receipt.line, book.late('receiver', book.text('receiver', 'late'))];

const transcript: Target = {
  name: 'a transcript',
  covers: [
    'client/transcript/lines.ts readHeader', 'client/transcript/lines.ts readEntry', 'client/verify/read-lines.ts checkFile',
    'client/verify/main.ts verify', 'common/crypto/signed-text.ts verifyHash',
  ],
  errors: [], inputs: 2_500, tokens: [...jsonTokens, ...textTokens],
  seeds: bytesOf(lines.map((line) => `${line}\n`).join(''), `${book.header}\n`, `${lines[0]}\n${lines[1]}`),
  run(input) {
    const found = new TranscriptCheck();
    const cutter = new LineCutter(found);
    cutter.push(input);
    cutter.end();
    const { fault, header, entries } = found;
    for (const line of report(found, [], new Date(0))) check(isSafe(line, false), `prints ${JSON.stringify(line)}`);
    if (!header) return 'no header';
    const again = [writeHeader(header), ...entries.map(writeEntry)].map((line) => `${line}\n`).join('');
    if (fault) check(input.subarray(0, again.length * 4).includes(Buffer.from(again)), 'takes lines that are not there');
    else same('a transcript', input, Buffer.from(again));
    return fault ? 'not valid' : 'valid';
  },
};

const content = (name: string, wire: typeof signedTextContent | typeof signedReceiptContent, seed: Buffer): Target => ({
  name, covers: [], errors: ['malformed'], inputs: 10_000, tokens: textTokens, seeds: [seed],
  run: (input) => same(name, input, encode(wire as never, decode<unknown>(wire, input) as never)),
});

const options: Target = {
  name: 'arguments of verify', covers: ['client/verify/main.ts readVerifyOptions'], errors: ['bad-argument'], inputs: 100,
  max: 200, slow: 2_000, seeds: bytesOf('a.jsonl', 'a.jsonl\n--ca\nca.pem'), tokens: bytesOf('--ca', '--ca=', '--help', '--', '\n', '-', '--no-x'),
  async run(input) {
    const args = input.toString('utf8').split('\n').filter((arg) => !/^-.*_|^--no-/.test(arg));
    const read = await readVerifyOptions(args, () => undefined);
    if (!read) return 'help';
    check(read.file !== '' && typeof read.file === 'string', 'a file that is none');
    check(read.authority === undefined || typeof read.authority === 'string', 'an authority that is none');
    return 'read';
  },
};

export const transcriptTargets: readonly Target[] = [
  transcript, content('signed text', signedTextContent, one.content), content('signed receipt', signedReceiptContent, receipt.content),
];
export const verifyTargets: readonly Target[] = [options];
