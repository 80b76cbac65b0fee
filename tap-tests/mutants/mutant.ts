import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A sabotage of one place of the source, and the test that has to see it. */
export interface Mutant {
  /** What is sabotaged, in plain words; no two are called alike. */
  readonly name: string;
  /** From the root of the project, like `test`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly test: string;
}

/** Name, what is found, what takes its place, and the test where it is not the usual one of the file. */
export type Row = readonly [name: string, find: string, replace: string, test?: string];

/** The sabotages of one file. @param usual the test of those that name no other; tests are named from tap-tests/ on */
export const sabotage = (file: string, usual: string, rows: readonly Row[]): Mutant[] =>
  rows.map(([name, find, replace, test = usual]) => ({ name, file, find, replace, test: `tap-tests/${test}` }));

/** The file as it is after the sabotage. */
export function sabotaged(root: string, { name, file, find, replace }: Mutant): string {
  const parts = readFileSync(join(root, file), 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`"${name}": its text stands in ${file} ${parts.length - 1} times, not once`);
  return parts.join(replace);
}

/** A sentence for each entry that cannot be tried: it no longer fits the source, or what it names is not there. */
export function faultsOf(root: string, mutants: readonly Mutant[]): string[] {
  const names = new Set<string>();
  return mutants.flatMap((mutant) => {
    const { name, file, find, replace, test } = mutant;
    const faults: string[] = [];
    if (names.has(name)) faults.push(`"${name}" is there twice`);
    names.add(name);
    if (find === replace) faults.push(`"${name}" changes nothing`);
    for (const path of [file, test]) if (!existsSync(join(root, path))) faults.push(`"${name}": there is no ${path}`);
    if (faults.length > 0) return faults;
    try {
      sabotaged(root, mutant);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}
