import type { Verdict } from './hunt.js';
import type { Mutant } from './mutant.js';

const testOf = ({ test }: Mutant) => test.replace(/^tap-tests\//, '');

/** One line for each verdict; why nothing is known of one is said in any case. */
export function row({ mutant, verdict, ms, what }: Verdict, why: boolean): string {
  const time = `${(ms / 1000).toFixed(1)} s`.padStart(7);
  const more = what !== '' && (why || verdict === 'error' || what.startsWith('by timeout')) ? ` (${what})` : '';
  return `${verdict.padEnd(9)}${time}  ${mutant.name}: ${testOf(mutant)}${more}`;
}

/** How they went, and the count of each. */
export function summary(verdicts: readonly Verdict[], ms: number): string {
  const count = (wanted: Verdict['verdict']) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  const timeouts = verdicts.filter(({ what }) => what.startsWith('by timeout')).length;
  const killed = `${count('killed')} killed${timeouts > 0 ? ` (${timeouts} by timeout)` : ''}`;
  const errors = count('error') > 0 ? `, ${count('error')} could not be tried` : '';
  const seconds = Math.round(ms / 1000);
  return `Of ${verdicts.length}: ${killed}, ${count('SURVIVED')} survived${errors}, in ${seconds} s.`;
}

/** The list itself: what each is, where, and who has to see it. */
export const entry = (mutant: Mutant): string => `${mutant.file}: ${mutant.name}: ${testOf(mutant)}`;
