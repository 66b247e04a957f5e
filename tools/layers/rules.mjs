/**
 * Which package may import which: the arrows of docs/ARCHITECTURE.md. A library under packages/
 * that is not listed may import nothing. Apps and tools may import every package.
 */
export const allowedImports = {
  qom: [],
  core: ["qom"],
  flat: ["core", "qom"],
  iommu: ["flat", "core", "qom"],
  ramdiscard: ["flat", "core", "qom"],
  ldst: ["flat", "core", "qom"],
  x86: ["wasm-emit", "flat", "core", "qom"],
  hostmem: ["flat", "core", "qom"],
  picture: ["flat", "core"],
  "wasm-emit": ["qom"],
  "x86-jit": ["x86", "wasm-emit", "flat", "core"],
};

/** The libraries for Node alone, which may import its modules. */
export const nodeOnly = ["hostmem"];

/**
 * What a library uses where its user has installed it: loaded when it is needed, never imported,
 * and declared as an optional peer.
 */
export const optionalPeers = { hostmem: ["koffi"] };

/** What the name of every package begins with. */
export const scope = "@mem/";

/** What the tests of every package may import, as a development dependency. */
export const testHelpers = [`${scope}common`];
