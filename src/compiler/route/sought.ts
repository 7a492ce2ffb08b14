// The number that is looked for, handed from function to function in a typed array: as an argument or a result, a number
// beyond 32 bits would be put on the heap for each decision. One a thread; valid until the next search.

/** Element 0 is the number. */
export const SOUGHT = new Float64Array(1);
