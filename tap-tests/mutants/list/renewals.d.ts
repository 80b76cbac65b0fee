import { type Mutant } from '../mutant.js';
/** The renewal of a conversation's keys: docs/PROTOCOL.md part 5. */
export declare const renewals: readonly Mutant[];
