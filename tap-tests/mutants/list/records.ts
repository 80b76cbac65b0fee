import { type Mutant, sabotage } from '../mutant.js';

const B1 = 'attacks/B1-key-and-iv.test.ts';
const INBOX = 'common/transport/inbox.test.ts';

/** The two layers of records: docs/PROTOCOL.md parts 3 and 5. */
export const records: readonly Mutant[] = [
  ...sabotage('common/crypto/record-key.ts', 'common/crypto/record-key.test.ts', [
    ['the key of a direction is never changed', 'if (--this.#left > 0n) return;', 'if (this.#left > 0n) return;'],
    ['a key begun at a later counter lasts too long', 'this.#left -= counter % RECORDS_PER_KEY;', ''],
    ['a key that was replaced is not wiped', '    this.#secret.wipe();\n    this.#secret = following;', '    this.#secret = following;'],
    ['a wiped key goes on', 'this.#key = undefined;', ''],
    ['the key of a wiped direction is not wiped', '    this.#secret.wipe();\n    this.#key = undefined;', '    this.#key = undefined;'],
    ['the counter of records stands still', 'this.counter++;', '', B1],
    ['counters end at 2^64', 'target.writeBigUInt64LE(counter >> 64n, at + 8);', 'target.writeBigUInt64LE(0n, at + 8);'],
    ['the IV is the username', 'this.bytes.subarray(COUNTER_AT, COUNTER_AT + GCM_IV)', 'this.bytes.subarray(0, GCM_IV)', B1],
    ['the header of a record is not compared', 'if (!record.subarray(0, RECORD_AAD).equals(aad)) return undefined;', '', 'attacks/B6-bits-flipped.test.ts'],
    ['a record that does not verify moves the counter on', 'if (plaintext) {', 'if (true) {'],
    ['a record that is sealed does not move the key on', '    this.#key.advance();\n    return [header, ciphertext];', '    return [header, ciphertext];'],
  ]),
  ...sabotage('common/crypto/ratchet.ts', 'common/crypto/ratchet.test.ts', [
    ['a message key is the next chain', 'const MESSAGE_KEY = Buffer.from([1]);', 'const MESSAGE_KEY = Buffer.from([2]);'],
    ['the chain stands still when a record is sealed', '    this.step();\n    return Buffer.concat', '    return Buffer.concat', B1],
    ['the counter stands still', 'this.#counter++;', ''],
    ['a record that does not open moves the chain on', 'if (!plaintext) return undefined;', 'if (!plaintext) return void this.step();'],
    ['an old chain is not wiped', '    this.#chain.wipe();\n    this.#chain = next;', '    this.#chain = next;'],
    ['a chain that was renewed is not wiped', '    this.#chain.wipe();\n    this.#chain = chain;', '    this.#chain = chain;'],
    ['a chain that ends is not wiped', 'wipe(): void {\n    this.#chain.wipe();', 'wipe(): void {'],
    ['a message key is not wiped when it has sealed', '    key.wipe();\n    plaintext.fill(0);', '    plaintext.fill(0);'],
    ['a message key is not wiped when it has opened', '    key.wipe();\n    if (!plaintext)', '    if (!plaintext)'],
    ['a plaintext is left when it was sealed', '    plaintext.fill(0);\n', ''],
    ['magic and counter of a record are not compared', ' || !aad.equals(aadOf(this.counter, sealedAt))', ''],
    ['a time beyond 2^53 is taken', '!Number.isSafeInteger(sealedAt) || ', ''],
    ['a record of any length is opened', 'if (sealedCells(record.length) === undefined) return undefined;', ''],
  ]),
  ...sabotage('common/wire/end-to-end.ts', 'common/wire/end-to-end.test.ts', [
    ['the zero of a content is not looked at', 'plaintext[1] !== 0 || ', ''],
    ['a content may reach past the end', ' || end > plaintext.length', ''],
    ['more cells than the content needs', 'if (plaintext.length > contentMax(1) + CONTENT_HEADER && end <= plaintext.length - CELL) {', 'if (false) {'],
    ['the padding of a content is not looked at', 'if (!isZero(plaintext.subarray(end)))', 'if (false)'],
    ['a record has as many cells as it likes', 'cells >= 1 && cells <= RECORD_CELLS_MAX', 'cells >= 1'],
    ['the length of a text shows', 'Buffer.alloc(sealedLength(Math.max(1, cells)) - SEALED_HEADER)', 'Buffer.alloc(CONTENT_HEADER + content.length)'],
  ]),
  ...sabotage('common/wire/record.ts', 'common/wire/record.test.ts', [
    ['any four letters are a command', 'if (!Object.hasOwn(table, command))', 'if (false)'],
    ['a message may reach past the end of its record', 'if (length > plaintext.length - at)', 'if (false)'],
    ['a record without a message', 'if (messages.length === 0)', 'if (false)'],
    ['the padding of a record is not looked at', 'if (!isZeroFrom(plaintext, at))', 'if (false)'],
  ]),
  ...sabotage('common/transport/inbox.ts', INBOX, [
    ['a counter is looked at when the record is whole only', 'head.compare(this.#expected, 0, HEADER_COMPARED - 1, 0, HEADER_COMPARED - 1)',
      'head.compare(this.#expected, 0, 16, 0, 16)'],
    ['a record of 17 cells', 'cells > RECORD_CELLS_MAX)', 'cells > RECORD_CELLS_MAX + 1)'],
    ['the expected counter stands still', 'this.#counter++;', ''],
    ['cells that are announced do not count', 'this.#cells += cells;', ''],
    ['a connection cut inside a record was not cut', 'return this.#head.length > 0 || (this.#records.at(-1)?.missing ?? 0) > 0;', 'return this.#head.length > 0;'],
    ['a record that does not verify is passed over', "if (!plaintext) throw new WireError('bad-record', 'A record does not verify.');", 'if (!plaintext) return [];'],
    ['small pieces keep large memory', 'Buffer.allocUnsafeSlow(length)', 'Buffer.allocUnsafeSlow(16 * length)'],
    ['a wiped inbox keeps its key', 'this.#opener.wipe();', '', 'client/engine/session.test.ts'],
  ]),
  ...sabotage('common/transport/outbox.ts', 'common/transport/outbox.test.ts', [
    ['a record has more messages than the server takes', ' || end - first >= this.messagesMax)', ')', 'client/engine/session.test.ts'],
    ['a slow line is sealed ahead', 'this.stream.writableLength < AHEAD', 'true'],
    ['what waits for a tag does not count', 'else this.#cellsOf.set(tag, total);', ''],
    ['a wiped outbox takes messages', 'if (this.#closed) return;', ''],
    ['a wiped outbox keeps its key', 'this.#sealer.wipe();', '', 'client/engine/session.test.ts'],
  ]),
];
