import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isaClass, isaDefinition, isaTest } from "./device-isa.mjs";
import { pciClass, pciDefinition, pciTest } from "./device-pci.mjs";
import { camelCase, checkName, NameError } from "./names.mjs";
import { writeNewFiles } from "./write-files.mjs";

const LIST = "apps/pc-machine/src/devices/builtin.ts";

const buses = {
  isa: { classSource: isaClass, definition: isaDefinition, test: isaTest },
  pci: { classSource: pciClass, definition: pciDefinition, test: pciTest },
};

/**
 * Adds a device to the PC: a folder with its class and its definition, its test, and its line in the
 * list of devices. Answers what it wrote.
 */
export function newDevice(root, given, { bus = "isa" } = {}) {
  const name = checkName(given, "device");
  if (!Object.hasOwn(buses, bus)) {
    throw new NameError(`there is no bus '${bus}': use --bus isa or --bus pci`);
  }
  const { classSource, definition, test } = buses[bus];
  const folder = `apps/pc-machine/src/devices/${name}`;
  const written = writeNewFiles(root, {
    [`${folder}/${name}.ts`]: classSource(name),
    [`${folder}/index.ts`]: definition(name),
    [`apps/pc-machine/test/devices/${name}.test.ts`]: test(name),
  });
  enlist(root, name);
  return [...written, LIST];
}

/** Enters the device in the list, behind the last one. */
function enlist(root, name) {
  const file = join(root, LIST);
  const before = readFileSync(file, "utf8");
  const constant = camelCase(name);
  const after = before
    .replace(
      /^import (?![^]*\nimport )[^;]*;\n/m,
      `$&import { ${constant} } from "./${name}/index.js";\n`,
    )
    .replace(/^\]\);/m, `  ${constant},\n$&`);
  if (after.split(constant).length < before.split(constant).length + 2) {
    throw new Error(`${LIST} has no place for a new device`);
  }
  writeFileSync(file, after);
}
