import { type Material, mutate, type Random } from '../support/mutations.js';
import { bytesOf } from './target.js';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Values that stand for something else than they seem, or for nothing. */
const VALUES = [
  'null', 'true', '[]', '{}', '""', '0', '-0', '-1', '0.5', '1e999', '1e-999', '9007199254740993', '[[[[]]]]', '1', '2',
  '"\\u0000"', '"\\ud800"', '"__proto__"', '"constructor"', '"toString"', '"bob"', '"Bob"', '"../bob"',
  '{"__proto__":{"polluted":1}}',
];
const PAIRS = [
  '"__proto__":{"polluted":1},', '"constructor":{"prototype":{"polluted":1}},', '"do":"exit",', '"with":"bob",',
  '"toString":1,', '"rate":{"messages":3,"seconds":9},',
];

export const jsonTokens = bytesOf(
  '"__proto__":', '"constructor":', '"prototype":', '{"do":"exit"}', '{', '}', '[', ']', ',', ':', '"',
  '\\u0000', '\\ud800', 'null', 'true', '1e999', '-0', '0.1', '99999999999999999999', '"toString"', '"do":',
  '{"__proto__":{"polluted":1}}', '"with":', '"rate":', '\\"',
);

/** Puts one value for another, so that what is wrong stands in JSON without a fault; or breaks the JSON. */
export function mutateJson(bytes: Buffer, random: Random, material: Material): Buffer {
  if (random(3) === 0) return mutate(bytes, random, material);
  const text = bytes.toString('utf8');
  let out = text;
  for (let left = 1 + random(3); left > 0; left--) out = change(out, random);
  return Buffer.from(out.length > Math.max(material.max, text.length) ? text : out);
}

function change(text: string, random: Random): string {
  const tokens = [...text.matchAll(TOKEN)];
  const chosen = tokens[random(tokens.length)];
  if (!chosen) return VALUES[random(VALUES.length)]!;
  const [before, after] = [text.slice(0, chosen.index), text.slice(chosen.index + chosen[0].length)];
  if (chosen[0] === '{') return `${before}{${after.startsWith('}') ? '"x":1' : PAIRS[random(PAIRS.length)]}${after}`;
  if (/^[}\],:]$/.test(chosen[0])) return `${before}${chosen[0]} ${after}`;
  const other = tokens[random(tokens.length)]![0];
  const value = random(3) === 0 && other.startsWith('"') ? other : VALUES[random(VALUES.length)]!;
  return `${before}${chosen[0] === '[' ? `[${value},` : value}${after}`;
}
