import { type Mutant } from '../mutant.js';
/** What the relay does with who is logged in: docs/PROTOCOL.md parts 4 and 6. */
export declare const relaySessions: readonly Mutant[];
