/** Inputs that a reader once did not withstand, as short as they were found: target, input in hexadecimal, what it was. */
export const regressions: readonly (readonly [target: string, input: string, what: string])[] = [
];
