import { type Mutant } from '../mutant.js';
/** Calls and conversations on the relay: docs/PROTOCOL.md part 4. */
export declare const relayCalls: readonly Mutant[];
