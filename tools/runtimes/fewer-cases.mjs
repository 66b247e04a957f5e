/**
 * What tells property tests to try fewer random cases. Every case was tried by `npm test`; another
 * runtime is to show that the language means the same there.
 */
export const fewerCases = { MEM_PROPERTY_CASES: "60" };
