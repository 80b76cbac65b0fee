import type { Certificate } from '../../common/crypto/certificate.js';
import { verifyUserChain } from '../../common/crypto/chain.js';
import { showFingerprint } from '../../common/crypto/identity.js';
import { type Signer, signers } from '../../common/crypto/signed-text.js';
import { MessageAppError } from '../../common/errors.js';
import { harmless } from '../../common/text/harmless.js';
import type { Entry, TranscriptParty } from '../transcript/lines.js';
import type { TranscriptCheck } from './check.js';

/** What was found, in lines that are safe to print. */
export function report(check: TranscriptCheck, authorities: readonly Certificate[], now: Date): string[] {
  const { fault, header, entries } = check;
  if (!header) return [`NOT VALID: line ${fault!.line}: ${harmless(fault!.why)}`];
  const verdict = fault
    ? [`NOT VALID: line ${fault.line}: ${harmless(fault.why)}`, before(fault.line - 1)]
    : ['VALID: every line is signed by who it says, and no text is missing between them.'];
  const first = entries.find(({ is }) => is === 'text') as (Entry & { is: 'text' }) | undefined;
  return [
    ...verdict,
    '',
    `Conversation ${header.conversation}; ${header.caller.name} called ${header.receiver.name}.`,
    ...sides.flatMap((side) => who(header[side], authorities, now, first && new Date(first.time))),
    '',
    ...entries.flatMap(said),
    ...(entries.length > 0 ? [''] : []),
    ...sides.map((side) => proven(check, side)),
    'Times are those of the senders. What may have been said behind the last line is not in this file.',
  ];
}

const before = (lines: number): string =>
  (lines === 1 ? 'The line before it holds:' : `The ${lines} lines before it hold:`);

const sides = Object.keys(signers) as Signer[];

/** Whose key it is: by an authority's word, or by none. */
function who(party: TranscriptParty, authorities: readonly Certificate[], now: Date, then: Date | undefined): string[] {
  const key = `  key ${showFingerprint(party.key.fingerprint)}`;
  const [own] = party.certificates;
  if (!own) return [`${party.name}: only a fingerprint, no certificate. Compare it with that of ${party.name}.`, key];
  if (authorities.length === 0) {
    return [`${party.name}: only a fingerprint; the certificate was not checked (--ca FILE checks it).`, key];
  }
  const faults: string[] = [];
  for (const [at, when] of [[now, ''], [then, ' at that time; not any more']] as const) {
    const fault = at && notCertified(party, authorities, at);
    if (at && fault === undefined) return [`${party.name}: certified${when}.`, key];
    if (fault !== undefined) faults.push(fault);
  }
  return [`${party.name}: NOT CERTIFIED, only a fingerprint. ${harmless(faults[0]!)}`, key];
}

/** Why an authority's word does not count for this key. */
function notCertified(
  { name, key, certificates }: TranscriptParty, authorities: readonly Certificate[], now: Date,
): string | undefined {
  try {
    const own = verifyUserChain(certificates, { authorities, username: name, now });
    return own.publicKey.spki.equals(key.spki) ? undefined : 'The certificate is of another key.';
  } catch (error) {
    if (error instanceof MessageAppError) return error.message;
    throw error;
  }
}

function said(entry: Entry): string[] {
  switch (entry.is) {
    case 'text': {
      const when = new Date(entry.time).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
      const [first = '', ...more] = harmless(entry.text, { multiline: true }).split('\n');
      return [`${when}  ${entry.from} ${entry.n}: ${first}`, ...more.map((line) => `    | ${line}`)];
    }
    case 'late':
      return [`  ${entry.from} ${entry.n}: not in this file; it came too late to be shown, says who wrote the file`];
    case 'receipt':
      return [`  ${entry.from} has signed a receipt for ${entry.other} of the other's`];
  }
}

function proven(check: TranscriptCheck, side: Signer): string {
  const { said, acknowledged } = check.proven(side);
  const [name, reader] = (side === 'caller' ? ['caller', 'receiver'] as const : ['receiver', 'caller'] as const)
    .map((each) => check.header![each].name);
  const signed = check.entries.some((entry) => entry.from === name);
  if (!signed && check.fault) return `${name} has signed nothing up to there.`;
  if (!signed) return `${name} has signed nothing in this file: that ${name} was there is only the word of ${reader}.`;
  if (said === 0) return `${name} has said nothing${check.fault ? ' up to there' : ''}.`;
  if (acknowledged === said) return `That ${reader} has got all of what ${name} said is proven.`;
  if (acknowledged === 0) {
    return `That ${reader} has got anything of what ${name} said is NOT proven: there is no receipt.`;
  }
  const from = `from ${name} ${acknowledged + 1} on a receipt is missing`;
  return `That ${reader} has got it is proven up to ${name} ${acknowledged}; ${from}.`;
}
