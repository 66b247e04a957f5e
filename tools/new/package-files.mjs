import { camelCase } from "./names.mjs";

/** The files of a new package, by path: the shape that every package under `packages/` has. */
export function packageFiles(name, version) {
  const folder = `packages/${name}`;
  const subject = camelCase(name);
  return {
    [`${folder}/package.json`]: manifest(name, version),
    [`${folder}/tsconfig.json`]: json({
      extends: "../../tsconfig.base.json",
      compilerOptions: {
        rootDir: "src",
        outDir: "dist/types",
        tsBuildInfoFile: "dist/types/tsconfig.tsbuildinfo",
      },
      include: ["src"],
      references: [{ path: "../core" }, { path: "../flat" }],
    }),
    [`${folder}/src/index.ts`]: `/// <reference lib="esnext.disposable" preserve="true" />
/** What \`@mem/${name}\` is for, in a sentence. */
export { ${subject} } from "./${name}.js";
`,
    [`${folder}/src/${name}.ts`]: `import type { AddressSpace } from "@mem/flat";

/**
 * Describes an address space in one line.
 *
 * @param space the address space to describe
 * @returns its name, and how many ranges its flat view has
 * @see the README of \`@mem/${name}\` for an example
 */
export function ${subject}(space: AddressSpace): string {
  return \`\${space.name}: \${space.flatView.length} range(s)\`;
}
`,
    [`${folder}/test/${name}.test.ts`]: `import { Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { ${subject} } from "../src/index.js";

describe("${subject}", () => {
  it("counts the ranges of an address space", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 0x10000 });
    root.addSubregion(0x1000, machine.ram({ name: "ram", size: 0x1000 }));
    expect(${subject}(machine.addressSpace(root, "bus"))).toBe("bus: 1 range(s)");
  });
});
`,
    [`${folder}/README.md`]: `# @mem/${name}

What it is for, in a sentence.

\`\`\`sh
npm install @mem/${name} @mem/flat
\`\`\`

\`\`\`ts
import { Machine } from "@mem/flat";
import { ${subject} } from "@mem/${name}";

const machine = new Machine();
const root = machine.container({ name: "root", size: 0x10000 });
root.addSubregion(0x1000, machine.ram({ name: "ram", size: 0x1000 }));
console.log(${subject}(machine.addressSpace(root, "bus"))); // prints: bus: 1 range(s)
\`\`\`
`,
  };
}

function manifest(name, version) {
  return json({
    name: `@mem/${name}`,
    version,
    description: `What @mem/${name} is for, in a few words`,
    keywords: ["qemu", "emulator", name],
    license: "MIT",
    type: "module",
    sideEffects: false,
    exports: {
      ".": { types: "./dist/types/index.d.ts", default: "./dist/index.js" },
      "./internal/*": null,
      "./package.json": "./package.json",
    },
    files: ["dist", "src", "CHANGELOG.md", "!**/*.tsbuildinfo"],
    engines: { node: ">=20.19" },
    publishConfig: { access: "public" },
    scripts: {
      build: "node ../../tools/build/package.mjs",
      typecheck: "tsc -b",
      test: `vitest run --root ../.. --project @mem/${name}`,
      prepack: "node ../../tools/publish/prepack.mjs",
    },
    dependencies: { "@mem/core": "workspace:*", "@mem/flat": "workspace:*" },
  });
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
