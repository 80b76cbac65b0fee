import { readFileSync } from 'node:fs';

/** A file of known answers, made by an implementation that shares nothing with this one. */
export function vector<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T;
}

export const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
