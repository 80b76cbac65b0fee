import { type Mutant } from '../mutant.js';
/** Files, passphrases and `node keys`. */
export declare const files: readonly Mutant[];
