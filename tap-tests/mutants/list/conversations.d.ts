import { type Mutant } from '../mutant.js';
/** A conversation with a peer: docs/PROTOCOL.md part 5. */
export declare const conversations: readonly Mutant[];
