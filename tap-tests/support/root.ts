import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(import.meta.url);

/** The project's folder, where package.json lies: also for what runs as it was built, from dist/. */
export const ROOT = rootAbove(dirname(own));

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('not in a project');
  return rootAbove(dirname(folder));
}

/** A module, named without its extension, as what runs now has it: the source, or what was built of it. */
export const moduleFile = (name: string): string => join(dirname(own), '../..', `${name}${extname(own)}`);
