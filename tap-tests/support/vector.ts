import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.js';

/** A file of known answers, made by an implementation that shares nothing with this one. */
export function vector<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, 'tap-tests/vectors', `${name}.json`), 'utf8')) as T;
}

export const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
