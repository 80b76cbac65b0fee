import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes, type Random, sha256 } from '../crypto/node.js';
import { UsageError } from '../errors.js';
import { flushFolder, writeAtomically } from './atomic-write.js';
import { readBounded } from './bounded-read.js';
import { invitationsFolder } from './keys-folder.js';

/** Without i, l, o and u, which people mistake for others: 5 bits a letter. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 20;
const CODE = new RegExp(`^[${LETTERS}]{${LENGTH}}$`);

const FILE_MAX = 64;
const LINE = /^until (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n$/;

/** An invitation that was used up, until the registration has come to its end. */
export interface Taken {
  /** It failed for another reason: the code is good again. */
  giveBack(): Promise<void>;
}

/** The 20 letters of what a person typed, or undefined where that cannot be a code. */
export function readCode(typed: string): string | undefined {
  const letters = typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');
  return CODE.test(letters) ? letters : undefined;
}

/** Called after the hash of the code: who reads the folder can invite nobody, and no path comes from a peer. */
const pathOf = (users: string, letters: string): string =>
  join(invitationsFolder(users), sha256(letters).toString('hex'));

const textOf = (until: Date): string => `until ${until.toISOString()}\n`;

/** Makes an invitation (docs/PROTOCOL.md part 12). @returns the code, for the one who is invited */
export async function makeInvitation(users: string, until: Date, random: Random = randomBytes): Promise<string> {
  const letters = [...random(LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
  await mkdir(invitationsFolder(users), { recursive: true, mode: 0o700 });
  await writeAtomically(pathOf(users, letters), textOf(until), { exclusive: true });
  await flushFolder(users);
  return letters.match(/.{5}/g)!.join('-');
}

/** Whether it would let somebody in now; it is not used up. */
export async function isInvitation(users: string, typed: string, now: Date): Promise<boolean> {
  const letters = readCode(typed);
  const until = letters === undefined ? undefined : await readEnd(pathOf(users, letters));
  return until !== undefined && until > now;
}

/** Uses up an invitation: of several who try at once with one code, one gets it. @returns undefined for no valid one */
export async function takeInvitation(users: string, typed: string, now: Date): Promise<Taken | undefined> {
  const letters = readCode(typed);
  if (letters === undefined) return undefined;
  const path = pathOf(users, letters);
  const until = await readEnd(path);
  if (until === undefined) return undefined;
  const mine = await unlink(path).then(() => true, () => false);
  if (!mine || until <= now) return undefined;
  await flushFolder(invitationsFolder(users));
  return { giveBack: () => writeAtomically(path, textOf(until)) };
}

/** Until when, or undefined where it is missing or damaged. */
async function readEnd(path: string): Promise<Date | undefined> {
  try {
    const text = await readBounded(path, { what: 'The invitation', maxBytes: FILE_MAX });
    const until = new Date(LINE.exec(text.toString('latin1'))?.[1] ?? NaN);
    return Number.isNaN(until.getTime()) ? undefined : until;
  } catch (problem) {
    if (problem instanceof UsageError) return undefined;
    throw problem;
  }
}
