import { join } from 'node:path';
import ts from 'typescript';
import { type Mutant, sabotaged } from './mutant.js';

/**
 * Which entries are no valid TypeScript, and why. A mutant that does not compile proves nothing about a test. What is
 * left unused by a check that was taken out is no fault of it. Many are checked in one go, each in another file.
 */
export function typeFaults(root: string, mutants: readonly Mutant[]): Map<Mutant, string> {
  const options = readOptions(root);
  const faults = new Map<Mutant, string>();
  const host = cachingHost(options);
  let program: ts.Program | undefined;
  for (const round of rounds(mutants)) {
    const mutated = new Map(round.map((mutant) => [join(root, mutant.file), sabotaged(root, mutant)]));
    const rootNames = [...mutated.keys()];
    program = ts.createProgram({ rootNames, options, host: host(mutated), ...(program && { oldProgram: program }) });
    for (const mutant of round) {
      const file = program.getSourceFile(join(root, mutant.file));
      const [fault] = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      if (fault) faults.set(mutant, ts.flattenDiagnosticMessageText(fault.messageText, ' '));
    }
  }
  return faults;
}

function readOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
  return { ...options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false };
}

/** At most one mutant of each file in a round. */
function rounds(mutants: readonly Mutant[]): Mutant[][] {
  const all: Mutant[][] = [];
  for (const mutant of mutants) {
    const round = all.find((others) => others.every(({ file }) => file !== mutant.file));
    if (round) round.push(mutant);
    else all.push([mutant]);
  }
  return all;
}

/** Reads a file once, and what is mutated from memory. */
function cachingHost(options: ts.CompilerOptions): (mutated: ReadonlyMap<string, string>) => ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const files = new Map<string, ts.SourceFile | undefined>();
  return (mutated) => ({
    ...host,
    getSourceFile(path, target) {
      const text = mutated.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, target, true);
      if (!files.has(path)) files.set(path, host.getSourceFile(path, target));
      return files.get(path);
    },
  });
}
