import { type Mutant } from '../mutant.js';
/** The exchange and its labels: docs/PROTOCOL.md parts 2 and 5. */
export declare const exchange: readonly Mutant[];
