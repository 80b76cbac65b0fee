import { type ErrorCode, MessageAppError } from '../../common/errors.js';
import { type Material, type Random } from '../support/mutations.js';

/** Something that reads what others wrote, and how to try it. */
export interface Target {
  readonly name: string;
  /** What is tried, as `file export`; inventory.test.ts finds readers that stand in no such list. */
  readonly covers: readonly string[];
  /** Inputs that are taken; the same bytes in every run. */
  readonly seeds: readonly Buffer[];
  /** How many inputs belong to one seed: what costs little is tried more often. */
  readonly inputs: number;
  /** Codes of the errors by which an input may be refused. */
  readonly errors: readonly ErrorCode[];
  readonly tokens?: readonly Buffer[];
  /** Bytes of the longest input; 4096 unless said. */
  readonly max?: number;
  /** Another way to change an input than that of support/mutations.ts. */
  readonly mutate?: (bytes: Buffer, random: Random, material: Material) => Buffer;
  /** Milliseconds that one input may take; 250 unless said. */
  readonly slow?: number;
  /** Milliseconds after which one is not waited for any more; 10,000 unless said. */
  readonly stuck?: number;
  open?(): Promise<void>;
  /** Throws where something was left behind. */
  close?(): Promise<void>;
  /**
   * Reads an input, and checks what came of it. Throws a MessageAppError of `errors` where it is refused; whatever
   * else it throws is a finding. It has to do the same each time. @returns what came of it, in a word or two
   */
  run(input: Buffer): string | void | Promise<string | void>;
}

/** What a reader did that it must not do. */
export class Fault extends Error {}

/** What decodes encodes to the same bytes: two forms of one value would be two hashes of one transcript. */
export function same(what: string, input: Buffer, again: Buffer): void {
  if (!again.equals(input)) throw new Fault(`${what} comes back as ${again.toString('hex', 0, 200)}`);
}

export function check(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new Fault(fault);
}

/** Longer sentences than this come from an input that is told again. */
const SENTENCE_MAX = 1_500;

/** @returns the code of an error by which an input is refused; what must not be thrown is thrown on */
export function refusedWith(target: Target, error: unknown): { code: string; message: string } {
  if (!(error instanceof MessageAppError) || !target.errors.includes(error.code as ErrorCode)) throw error;
  const { code, message } = error;
  check(message.length <= SENTENCE_MAX, `an error of ${message.length} characters: ${message.slice(0, 80)}…`);
  return { code, message };
}

/** Bytes of texts, for seeds and tokens. */
export const bytesOf = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'utf8'));
