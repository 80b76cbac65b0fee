import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TranscriptCheck } from '../../client/verify/check.js';
import { verify } from '../../client/verify/main.js';
import { LineCutter } from '../../client/verify/read-lines.js';
import { newPerson, sha256 } from './attacker/primitives.js';
import { SignedBook } from './attacker/signed.js';

/** A conversation of alice, who called, and bob; each sees everything at once. */
export const newBook = (conversation = sha256('one').subarray(0, 8)): SignedBook => new SignedBook(conversation, {
  caller: { name: 'alice', person: newPerson() }, receiver: { name: 'bob', person: newPerson() },
});

/** What the verifier finds in these bytes. */
export function checked(bytes: Buffer | string): TranscriptCheck {
  const check = new TranscriptCheck();
  const lines = new LineCutter(check);
  lines.push(Buffer.from(bytes as string));
  lines.end();
  return check;
}

export const fileOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** The program on a file with these bytes. */
export async function verified(bytes: Buffer | string, ...args: string[]): Promise<{ status: number; said: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'messageapp-transcript-'));
  try {
    const file = join(folder, 'transcript.jsonl');
    await writeFile(file, bytes);
    const lines: string[] = [];
    const status = await verify([file, ...args], (line) => lines.push(line));
    return { status, said: lines.join('\n') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
