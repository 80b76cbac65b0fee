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
export declare const sabotage: (file: string, usual: string, rows: readonly Row[]) => Mutant[];
/** The file as it is after the sabotage. */
export declare function sabotaged(root: string, { name, file, find, replace }: Mutant): string;
/** A sentence for each entry that cannot be tried: it no longer fits the source, or what it names is not there. */
export declare function faultsOf(root: string, mutants: readonly Mutant[]): string[];
