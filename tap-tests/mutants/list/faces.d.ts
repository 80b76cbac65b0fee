import { type Mutant } from '../mutant.js';
/** The faces of the client: what others say does no harm, and what one says goes where one thinks. */
export declare const faces: readonly Mutant[];
