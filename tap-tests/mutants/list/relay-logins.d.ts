import { type Mutant } from '../mutant.js';
/** Who gets in, and who stays: docs/PROTOCOL.md parts 2 and 6. */
export declare const relayLogins: readonly Mutant[];
