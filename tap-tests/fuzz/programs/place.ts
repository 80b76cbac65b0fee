import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import { MessageAppError } from '../../../common/errors.js';
import { CELL } from '../../../common/wire/limits.js';
import type { Material } from '../../support/mutations.js';
import { bytesOf } from '../target.js';

/** A relay, and who may log in there. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly server: PublicIdentity;
  readonly rateMessages: number;
  identityOf(username: string): Identity;
}

export const material: Material = {
  others: [], max: CELL,
  tokens: bytesOf('MSGA', 'alice', 'bob', 'user3', '__pr', 'exit', 'ping', 'frwd', 'welc', '\u202e', '\x1b[2J'),
};

/** Whether a reader takes it: false where it throws an error of the project. */
export function decodes(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof MessageAppError) return false;
    throw error;
  }
}
