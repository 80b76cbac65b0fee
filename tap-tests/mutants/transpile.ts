import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { moduleFile } from '../support/root.js';

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
      // Beside the source of keys/ may lie somebody's keys; the page has more than scripts.
      if (path.endsWith('.ts')) {
        files.set(asScript(path), builtOf(root, path) ?? transpile(readFileSync(join(root, path), 'utf8')));
      } else if (folder === 'tap-tests' || path.startsWith('client/ui/web/page/')) {
        files.set(path, readFileSync(join(root, path)));
      }
    }
  }
  return files;
}

/** What a build has made of a source since it was written: that is the same, and takes no time. */
function builtOf(root: string, path: string): Buffer | undefined {
  const built = moduleFile(path.slice(0, -'.ts'.length));
  const made = statSync(built, { throwIfNoEntry: false })?.mtimeMs;
  const fresh = built.endsWith('.js') && made !== undefined && made > statSync(join(root, path)).mtimeMs;
  return fresh ? readFileSync(built) : undefined;
}
