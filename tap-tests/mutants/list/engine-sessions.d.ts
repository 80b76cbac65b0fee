import { type Mutant } from '../mutant.js';
/** A client's connection to the relay: docs/PROTOCOL.md parts 3, 4 and 6, What a client has to do. */
export declare const engineSessions: readonly Mutant[];
