import { type Mutant } from '../mutant.js';
/** Reading: docs/PROTOCOL.md, Notation and DER. */
export declare const bytes: readonly Mutant[];
