import { sabotage } from '../mutant.js';

const HISTORY = 'common/crypto/signed-history.test.ts';
const VECTORS = 'vectors/signed.test.ts';
const SIGNING = 'client/engine/conversation/signing.test.ts';
const VERIFY = 'client/verify/main.test.ts';
const TRANSCRIPTS = 'client/transcript/transcripts.test.ts';
const OUT_OF_PLACE = 'attacks/D2-out-of-place.test.ts';
const ALTERED = 'attacks/D1-altered-transcripts.test.ts';
const WHOSE_KEY = 'attacks/D3-whose-key.test.ts';
const WITHHELD = 'attacks/D4-withheld-receipts.test.ts';
const SCRIPT = 'client/ui/terminal/script.test.ts';

/** Signed conversations, their transcripts, and whoever checks one. */
export const signed = [
  ...sabotage('common/crypto/signed-text.ts', VECTORS, [
    ['a signature of anybody is one of everybody', 'if (!key.verify(signedText(labels[kind], hash), signature)) {',
      'if (false) {', ALTERED],
    ['a signed text does not hold on to those before it', 'sha256(before, number(n)', 'sha256(number(n)'],
    ['the time of a signed text can be changed', 'number(n), number(time), number(seen)', 'number(n), number(seen)'],
    ['what its sender had seen can be changed', 'number(seen), seenHash, said', 'number(seen), said'],
    ['a receipt of one side is one of the other', 'sha256(role(signer), number(own)', 'sha256(number(own)'],
    ['a signed text is one of all conversations', "labels.signedConversation, Buffer.from(conversation, 'hex'),",
      'labels.signedConversation,'],
    ['a signed text is one to everybody', 'named(caller.username), named(receiver.username),', 'named(caller.username),'],
  ]),
  ...sabotage('common/crypto/signed-history.ts', HISTORY, [
    ['the time of signed texts goes back', 'if (time < side.time) throw', 'if (false) throw'],
    ['a receipt may leave out own texts', 'if (own !== side.count) throw', 'if (false) throw'],
    ['a receipt is for nothing', 'hash, commit: () => this.#see(signer, seen) };', 'hash, commit: () => undefined };'],
  ]),
  ...sabotage('common/wire/signed.ts', 'common/wire/signed.test.ts', [
    ['a time has five digits of years', 'if (value > TIME_MAX) throw', 'if (false) throw'],
  ]),
  ...sabotage('client/engine/conversation/signing.ts', SIGNING, [
    ['a signed text that came is not verified', "    verifyHash('signedText', hash, signature, identity);\n", '', OUT_OF_PLACE],
    ['a receipt that came is not verified', "    verifyHash('signedReceipt', hash, signature, identity);\n", '', OUT_OF_PLACE],
    ['unsigned texts go on behind the agreement', 'if (this.#unsignedOver) throw', 'if (false) throw'],
    ['somebody else agrees to sign', "if (at !== 'proposed') throw outOfTurn", 'if (false) throw outOfTurn', OUT_OF_PLACE],
    ['it is signed before the transcript lies on the disk', 'this.#begun = transcript === undefined;', 'this.#begun = true;',
      'scenario/signed.test.ts'],
    ['what is said behind a proposal goes unsigned', "return this.#state.at === 'proposed' && this.#state.timer !== undefined;",
      'return false;'],
    ['who leaves signs no receipt', 'if (this.#opened === 0 && !waits)', 'if (this.#opened === 0 || !waits)'],
    ['a late text that was not shown is in the transcript', 'transcript?.add(late\n', 'transcript?.add(late && false\n'],
    ['what waited for an answer that is no goes unsigned', '      return this.ports.notEntered();\n', '      return this.ports.entered();\n'],
  ]),
  ...sabotage('client/transcript/transcripts.ts', TRANSCRIPTS, [
    ['a transcript that is there is gone on with', 'constants.O_CREAT | constants.O_EXCL |', 'constants.O_CREAT |'],
    ['others read transcripts', 'constants.O_APPEND, 0o600', 'constants.O_APPEND, 0o644'],
  ]),
  ...sabotage('client/transcript/lines.ts', VERIFY, [
    ['something hides in a line of a transcript', 'if (write(value) !== line) throw', 'if (false) throw', ALTERED],
    ['one side of a transcript has the key of the other', 'if (header.caller.key.spki.equals(header.receiver.key.spki)) throw',
      'if (false) throw', WHOSE_KEY],
  ]),
  ...sabotage('client/verify/check.ts', VERIFY, [
    ['no signature of a text is checked in a transcript', "      verifyHash('signedText', step.hash, entry.signature, key);\n",
      '', ALTERED],
    ['no signature of a receipt is checked in a transcript', "      verifyHash('signedReceipt', hash, entry.signature, key);\n",
      '', ALTERED],
    ['a text is taken out of a transcript, and nobody sees the number', 'if (entry.n !== step.n) {', 'if (entry.n < step.n) {'],
    ['what one said was said by the other', "if (name === receiver.name) return { signer: 'receiver', key: receiver.key };",
      "if (name === receiver.name) return { signer: 'caller', key: caller.key };"],
    ['a transcript has a certificate of another key', 'if (own && !own.publicKey.spki.equals(key.spki)) {', 'if (false) {',
      ALTERED],
  ]),
  ...sabotage('client/verify/read-lines.ts', VERIFY, [
    ['the last line of a transcript may be cut off', "if (this.#rest.length > 0) this.check.refuse('it is cut off');\n    else ", '',
      ALTERED],
  ]),
  ...sabotage('client/verify/read-lines.ts', VERIFY, [
    ['a first line alone, which anybody can write, is a transcript', 'else if (this.check.entries.length === 0) this', 'else if (false) this'],
  ]),
  ...sabotage('client/verify/report.ts', VERIFY, [
    ['who has signed nothing is said to have been there', 'if (!signed) return', 'if (false) return'],
    ['what nobody has signed for is proven', 'if (acknowledged === said) return', 'if (said > 0) return', WITHHELD],
  ]),
  ...sabotage('client/ui/terminal/script.ts', SCRIPT, [
    ['a script says unsigned what it wanted to sign', "if (parsed.is === 'text' && this.#mustBeSigned) return", 'if (false) return'],
  ]),
];
