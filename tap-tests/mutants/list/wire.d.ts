import { type Mutant } from '../mutant.js';
/** Names, commands and numbers: docs/PROTOCOL.md, Notation and parts 4 and 6. */
export declare const wire: readonly Mutant[];
