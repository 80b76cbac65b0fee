import { sabotage } from '../mutant.js';
/** Reading: docs/PROTOCOL.md, Notation and DER. */
export const bytes = [
    ...sabotage('common/bytes/codec.ts', 'common/bytes/codec.test.ts', [
        ['a field below its least length is taken', 'if (length < min || length > max) {', 'if (length > max) {'],
        ['a field above its greatest length is taken', 'if (length < min || length > max) {', 'if (length < min) {'],
        ['the length of a vector that is read is not checked', 'check(field, length, bounds);', ''],
        ['the number of items that are read is not checked', "check(field, count, bounds, 'items');", ''],
        ['bytes behind the last field are ignored', 'reader.end(codec.field);', ''],
        ['text that is not UTF-8 is mended in silence', "if (!Buffer.from(value, 'utf8').equals(raw))", 'if (false)'],
    ]),
    ...sabotage('common/bytes/reader.ts', 'common/bytes/reader.test.ts', [
        ['a field may reach past the end', 'if (length > this.remaining) {', 'if (length > this.remaining + 1) {'],
    ]),
    ...sabotage('common/bytes/der.ts', 'common/bytes/der.test.ts', [
        ['DER: tags of several bytes are read', 'if ((first & 0x1f) === 0x1f)', 'if (false)'],
        ['DER: a length longer than need be is taken', 'if (value < 0x80 || value < 2 ** (8 * (width - 1)))', 'if (false)'],
        ['DER: bytes behind an element are ignored', 'if (element.whole.length !== bytes.length)', 'if (false)'],
        ['DER: an element that is cut off is read', 'if (bytes.length < header + length)', 'if (false)'],
        ['DER: an INTEGER with needless zeros is taken', 'if (!writeUnsigned(content).equals(element.whole))',
            'if (false)'],
        ['DER: a BOOLEAN of any byte is TRUE', 'if (!element.whole.equals(TRUE))', 'if (element.tag !== tag.boolean)'],
        ['DER: unused bits of a BIT STRING are ignored',
            'if (element.tag !== tag.bitString || element.content[0] !== 0) {', 'if (element.tag !== tag.bitString) {'],
        ['DER: padding bits of named bits are ignored', 'if (unused > 7 || (last & ((2 << unused) - 1)) !== 1 << unused)',
            'if (unused > 7)'],
        ['DER: needless bytes in an OBJECT IDENTIFIER', 'if ((fresh && byte === 0x80) || arc', 'if (arc'],
        ['DER: a field too many is ignored', 'if (this.#left.length > 0)', 'if (false)'],
    ]),
    ...sabotage('common/bytes/pem.ts', 'common/bytes/pem.test.ts', [
        ['PEM: base64 that is not canonical is taken', " || der.toString('base64') !== base64", ''],
        ['PEM: a block may end under another name', ' && name === label', ''],
        ['PEM: a block that is cut off is left out in silence', 'if (label !== undefined) throw', 'if (false) throw'],
    ]),
];
