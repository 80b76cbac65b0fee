import { type Mutant, sabotage } from '../mutant.js';

const VECTORS = 'vectors/exchange.test.ts';

/** The exchange and its labels: docs/PROTOCOL.md parts 2 and 5. */
export const exchange: readonly Mutant[] = [
  ...sabotage('common/crypto/exchange.ts', 'common/crypto/exchange.test.ts', [
    ['the signature of M2 is not verified', 'if (!signer.verify(signedText(labels.signedByResponder, t2s), signature)) {', 'if (false) {',
      'attacks/A10-key-compromise-impersonation.test.ts'],
    ['the signature of M3 is not verified', 'if (signer.fault !== undefined || !verified) {', 'if (signer.fault !== undefined) {',
      'attacks/A10-key-compromise-impersonation.test.ts'],
    ['a suite that was not offered is taken', 'const suite = suites.find(({ id }) => id === unsigned.suite);', 'const [suite] = suites;'],
    ['what is signed has no zero behind its label', '`${label}\\0`', 'label', 'attacks/A5-signature-slots.test.ts'],
    ['R1 is not random', 'suites.map(({ id }) => id), nonce: random(NONCE)', 'suites.map(({ id }) => id), nonce: Buffer.alloc(NONCE)', VECTORS],
    ['R2 is not random', 'ephemeral.suite.id, nonce: random(NONCE)', 'ephemeral.suite.id, nonce: Buffer.alloc(NONCE)', VECTORS],
    ['a username may be missing, or be where none is due', "if (named !== (offer.username !== '')) throw", 'if (false) throw'],
    ['a share is opened before its signature', 'const signer = findOrDecoy(', 'ephemeral.open(unsigned.share);\n    const signer = findOrDecoy('],
    ['a login that fails early opens no share', '      ephemeral.openDecoy();\n', ''],
    ['a name that nobody has costs no work', 'return { key: ed25519Decoy(), fault };', 'throw fault;'],
    ['for a name that nobody has no signature is verified', 'const verified = signer.key.verify(signed, signature);',
      'const verified = signer.fault === undefined && signer.key.verify(signed, signature);'],
    ['the ephemeral key outlives M3', '} finally {\n    ephemeral.destroy();', '} finally {'],
    ['the ephemeral key outlives an M2 that cannot be made', '    ephemeral.destroy();\n    throw error;', '    throw error;'],
    ['one key for both directions', 'derived(labels.responderToInitiator)', 'derived(labels.initiatorToResponder)'],
    ['RS is the key of a direction', 'derived(labels.renewalSecret)', 'derived(labels.responderToInitiator)'],
    ['PRK is not wiped', 'prk.fill(0);', ''],
    ['t3 is not wiped', 't3.fill(0);', ''],
    ['K is not wiped', '  t3.fill(0);\n  k.wipe();', '  t3.fill(0);'],
    ['K is not wiped where the signature is wrong', '    k.wipe();\n    throw', '    throw'],
    ['of keys that nobody takes over one is left', '  keys.responderToInitiator.wipe();\n', ''],
  ]),
  ...sabotage('common/crypto/labels.ts', VECTORS, [
    ['both sides sign under one label', "signedByResponder: 'MessageApp/2 responder'", "signedByResponder: 'MessageApp/2 initiator'",
      'attacks/A5-signature-slots.test.ts'],
    ['a renewal has the label of a chat', "renewal: 'MessageApp/2 renewal'", "renewal: 'MessageApp/2 chat'", 'attacks/A6-fields-run-together.test.ts'],
    ['a login has another label', "login: 'MessageApp/2 login'", "login: 'MessageApp/1 login'"],
    ['both directions have one label', "'MessageApp/2 responder to initiator'", "'MessageApp/2 initiator to responder'"],
    ['the key update has another label', 'MessageApp/2 key update', 'MessageApp/2 key', 'common/crypto/record-key.test.ts'],
    ['the safety number has another label', 'MessageApp/2 safety number', 'MessageApp/2 safety', 'vectors/safety-number.test.ts'],
    ['end-to-end records have another magic', 'MessageAppV2', 'MessageAppV3', 'vectors/ratchet.test.ts'],
  ]),
  ...sabotage('common/crypto/decoy.ts', 'common/crypto/exchange.test.ts', [
    ['the key that fits nothing is made for each login that fails', '(decoy ??= publicIdentity', '(decoy = publicIdentity'],
  ]),
  ...sabotage('common/wire/bodies.ts', 'common/wire/bodies.test.ts', [
    ['a suite may be offered twice', 'if (new Set(raw).size !== raw.length)', 'if (false)'],
    ['a signature may be empty', "vec16('signature', { min: 1,", "vec16('signature', { min: 0,"],
    ['an ephemeral key may be of any length', '{ min: 32, max: 270 }', '{ min: 0, max: 270 }'],
    ['a nonce of 16 bytes', 'NONCE = 32', 'NONCE = 16'],
  ]),
  ...sabotage('common/wire/cell.ts', 'common/wire/cell.test.ts', [
    ['any magic will do', 'if (!cell.subarray(0, 4).equals(MAGIC))', 'if (false)'],
    ['any version will do', 'if (cell.readUInt8(4) !== VERSION) {', 'if (false) {'],
    ['version 1 will do', 'if (cell.readUInt8(4) !== VERSION) {', 'if (cell.readUInt8(4) > VERSION) {'],
    ['the length of a body is not looked at', 'if (length > CELL_BODY_MAX)', 'if (false)'],
    ['the padding of a cell is not looked at', 'if (!isZero(cell.subarray(CELL_HEADER + length)))', 'if (false)'],
    ['a record of the user MSGA is a refusal', 'cell[4] === VERSION && cell[5] === cellTypes.refusal', 'true'],
  ]),
  ...sabotage('common/transport/cells.ts', 'common/transport/cells.test.ts', [
    ['a cell that is cut off counts', 'if (cell?.length === CELL) done', 'if (cell) done'],
    ['the wait for a cell has no end', "signal.addEventListener('abort', aborted, { once: true });", ''],
  ]),
];
