/**
 * What tells tests to try fewer random cases. Every case was tried by `npm test`; another runtime is
 * to show that the language means the same there. This is the one place that says how many.
 */
export const fewerCases = {
  MEM_PROPERTY_CASES: "30",
  MEM_LOCKSTEP: "60000",
  MEM_HOSTILE: "60000",
  MEM_X86_ORACLE: "500",
};

/**
 * Test files of the packages that only repeat or enlarge what others do, without `.test.ts`: loops
 * up to bounds, large maps, every opcode in every form. They are not measured for coverage; of the
 * other Nodes only the oldest and the newest run them, and of the other runtimes only Bun, whose
 * engine is not Node's.
 */
export const stress = [
  "every-opcode",
  "guest-fuzz",
  "large-views",
  "limits",
  "nested-callbacks",
  "topology-work",
];

/** Tells whether a test file, by its path, is one of {@link stress}. */
export const isStress = (file) => stress.some((name) => file.endsWith(`/${name}.test.ts`));
