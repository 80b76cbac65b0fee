import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** What the browser loads: the page's own, and the model that both sides compute. */
const folders = ['page/', 'page/view/', 'model/'];

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads all of it, once: no path is ever built from what a request says. The empty name is the page itself. */
export async function readPage(): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const folder of folders) {
    const at = new URL(folder, import.meta.url);
    for (const name of await readdir(at)) {
      const type = types[extname(name)];
      if (type !== undefined) files.set(`${folder}${name}`, { type, content: await readFile(new URL(name, at)) });
    }
  }
  files.set('', files.get('page/index.html')!);
  return files;
}
