import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** What tests run with; documentation, benchmarks and the programs' own starters are left out. */
const FOLDERS = ['common', 'server', 'client', 'keys', 'tap-tests'];

/** Types are stripped and nothing else, as tap does when it runs a .test.ts. */
export function transpile(source: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

export const asScript = (path: string): string => path.replace(/\.ts$/, '.js');

/**
 * The files of the project as they are run, by path from its root: scripts for the source, the others as they are.
 * @param tests those that are run; others are left out
 */
export function transpiled(root: string, tests: readonly string[]): Map<string, string | Buffer> {
  const files = new Map<string, string | Buffer>();
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name).slice(root.length + 1);
      if (path.endsWith('.test.ts') && !tests.includes(path)) continue;
      // Beside the source of keys/ may lie somebody's keys.
      if (path.endsWith('.ts')) files.set(asScript(path), transpile(readFileSync(join(root, path), 'utf8')));
      else if (folder === 'tap-tests') files.set(path, readFileSync(join(root, path)));
    }
  }
  return files;
}
