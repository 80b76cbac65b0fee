import { type Mutant } from '../mutant.js';
/** Public keys and what they are known by: docs/PROTOCOL.md, Identity keys, and part 5, Safety number. */
export declare const identities: readonly Mutant[];
