import type { Mutant } from '../mutant.js';
/** Every sabotage, from the bottom up: what an attacker would love to find in the source. */
export declare const mutants: readonly Mutant[];
