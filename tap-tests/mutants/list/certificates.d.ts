import { type Mutant } from '../mutant.js';
/** docs/PROTOCOL.md, Certificates. */
export declare const certificates: readonly Mutant[];
