import { type Mutant } from '../mutant.js';
/** What is closest to node:crypto, the suites and the pool of ephemeral keys: docs/PROTOCOL.md parts 2 and 6. */
export declare const primitives: readonly Mutant[];
