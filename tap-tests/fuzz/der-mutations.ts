import { readElements, writeElement } from '../../common/bytes/der.js';
import { type Material, mutate, type Random } from '../support/mutations.js';

/** An element as a tree: what is inside of strings is taken apart too, where it is DER. */
interface Node {
  readonly tag: number;
  /** Bytes before the parts: the number of unused bits of a BIT STRING. */
  readonly front: Buffer;
  /** Its parts, or its bytes. */
  readonly inside: readonly Node[] | Buffer;
}

const CONSTRUCTED = 0x20;
const [INTEGER, BIT_STRING, OCTET_STRING] = [0x02, 0x03, 0x04];
const NONE = Buffer.alloc(0);

function read(content: Buffer): readonly Node[] | undefined {
  try {
    return readElements(content).map(({ tag, content }) => node(tag, content));
  } catch {
    return undefined;
  }
}

function node(tag: number, content: Buffer): Node {
  const front = tag === BIT_STRING ? content.subarray(0, 1) : NONE;
  const opaque = (tag & CONSTRUCTED) === 0 && tag !== BIT_STRING && tag !== OCTET_STRING;
  const rest = content.subarray(front.length);
  return { tag, front, inside: (opaque || rest.length === 0 ? undefined : read(rest)) ?? rest };
}

const write = ({ tag, front, inside }: Node): Buffer =>
  writeElement(tag, front, ...(Buffer.isBuffer(inside) ? [inside] : inside.map(write)));

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x82, 0x87, 0xa0, 0xa3,
];

function nodesOf(all: readonly Node[], found: Node[] = []): Node[] {
  for (const each of all) {
    found.push(each);
    if (!Buffer.isBuffer(each.inside)) nodesOf(each.inside, found);
  }
  return found;
}

type Replace = (old: Node) => readonly Node[];

const replaced = (all: readonly Node[], old: Node, by: Replace): readonly Node[] => all.flatMap((each) => {
  if (each === old) return by(each);
  return Buffer.isBuffer(each.inside) ? [each] : [{ ...each, inside: replaced(each.inside, old, by) }];
});

const trees = new WeakMap<Buffer, readonly Node[]>();

function treeOf(bytes: Buffer): readonly Node[] {
  const known = trees.get(bytes) ?? read(bytes) ?? [];
  trees.set(bytes, known);
  return known;
}

/** Changes an element and mends all lengths around it, so that what is wrong lies deep inside. */
export function mutateDer(bytes: Buffer, random: Random, material: Material): Buffer {
  const tree = treeOf(bytes);
  if (tree.length === 0 || random(3) === 0) return mutate(bytes, random, material);
  let all = tree;
  for (let left = 1 + random(2); left > 0; left--) {
    const nodes = nodesOf(all);
    const chosen = nodes[random(nodes.length)];
    if (!chosen) continue;
    const isNumber = chosen.tag === INTEGER && random(4) > 0;
    all = replaced(all, chosen, isNumber ? number(random) : change(nodes, random, material));
  }
  const out = Buffer.concat(all.map(write));
  return random(8) === 0 ? mutate(out, random, material) : out;
}

/** As INTEGERs are written, and as they are not; some are numbers of rounds that nobody waits for. */
const NUMBERS = [
  '', '00', '01', '02', '03', '7f', '80', '0080', '0002', '0202', '7fff', '00ffffff', '02000000', '02400000',
  '03000000',
];

function number(random: Random): Replace {
  const inside = Buffer.from(NUMBERS[random(NUMBERS.length)]!, 'hex');
  return (old) => [{ ...old, inside }];
}

function change(nodes: readonly Node[], random: Random, material: Material): Replace {
  const any = (): Node => {
    const other = material.others[random(material.others.length)];
    const from = other && random(2) === 0 ? nodesOf(treeOf(other)) : nodes;
    return from[random(from.length)] ?? nodes[0]!;
  };
  const inside = (old: Node) => (Buffer.isBuffer(old.inside) ? old.inside : Buffer.concat(old.inside.map(write)));
  switch (random(9)) {
    case 0: return () => [];
    case 1: return (old) => [old, old];
    case 2: return () => [any()];
    case 3: return (old) => [old, any()];
    case 4: return (old) => [{ ...old, tag: TAGS[random(TAGS.length)]! }];
    case 5: return (old) => [{ tag: TAGS[random(TAGS.length)]!, front: NONE, inside: [old] }];
    case 6: return (old) => [{ ...old, front: mutate(old.front, random, material) }];
    case 7: return (old) => [{ ...old, inside: Buffer.concat([inside(old), Buffer.alloc(1 + random(3), random(3))]) }];
    default: return (old) => [{ ...old, inside: mutate(inside(old), random, material) }];
  }
}

/** The same with a block of PEM around it: base64 without a fault, or a fault in the text. */
export function mutatePem(text: Buffer, random: Random, material: Material): Buffer {
  const blocks = [...text.toString('latin1').matchAll(BLOCK)];
  const chosen = blocks[random(blocks.length)];
  if (!chosen || random(3) === 0) return mutate(text, random, material);
  const der = mutateDer(derOf(chosen[2]!), random, { ...material, others: [] });
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  const [from, to] = [chosen.index + chosen[1]!.length, chosen.index + chosen[1]!.length + chosen[2]!.length];
  return Buffer.concat([text.subarray(0, from), Buffer.from(`${lines.join('\n')}\n`), text.subarray(to)]);
}

const BLOCK = /(-----BEGIN [^\n]*-----\n)([^-]+)/g;
const ders = new Map<string, Buffer>();

function derOf(base64: string): Buffer {
  const known = ders.get(base64);
  if (known) return known;
  const der = Buffer.from(base64, 'base64');
  if (ders.size < 500) ders.set(base64, der);
  return der;
}
