import type { Attack } from './attack.js';

/** All attacks that can be tried from outside, by row. */
export const attacks: readonly Attack[] = [];
