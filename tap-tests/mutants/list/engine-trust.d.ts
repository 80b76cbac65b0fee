import { type Mutant } from '../mutant.js';
/** Whom a client believes: docs/PROTOCOL.md parts 2 and 5, The key of the peer. */
export declare const engineTrust: readonly Mutant[];
