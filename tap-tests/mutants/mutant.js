import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
/** The sabotages of one file. @param usual the test of those that name no other; tests are named from tap-tests/ on */
export const sabotage = (file, usual, rows) => rows.map(([name, find, replace, test = usual]) => ({ name, file, find, replace, test: `tap-tests/${test}` }));
/** The file as it is after the sabotage. */
export function sabotaged(root, { name, file, find, replace }) {
    const parts = readFileSync(join(root, file), 'utf8').split(find);
    if (parts.length !== 2)
        throw new Error(`"${name}": its text stands in ${file} ${parts.length - 1} times, not once`);
    return parts.join(replace);
}
/** A sentence for each entry that cannot be tried: it no longer fits the source, or what it names is not there. */
export function faultsOf(root, mutants) {
    const names = new Set();
    return mutants.flatMap((mutant) => {
        const { name, file, find, replace, test } = mutant;
        const faults = [];
        if (names.has(name))
            faults.push(`"${name}" is there twice`);
        names.add(name);
        if (find === replace)
            faults.push(`"${name}" changes nothing`);
        for (const path of [file, test])
            if (!existsSync(join(root, path)))
                faults.push(`"${name}": there is no ${path}`);
        if (faults.length > 0)
            return faults;
        try {
            sabotaged(root, mutant);
            return [];
        }
        catch (error) {
            return [error.message];
        }
    });
}
