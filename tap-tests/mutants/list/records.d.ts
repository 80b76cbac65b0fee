import { type Mutant } from '../mutant.js';
/** The two layers of records: docs/PROTOCOL.md parts 3 and 5. */
export declare const records: readonly Mutant[];
