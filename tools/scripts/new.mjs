import { ensureInstalled } from "../bootstrap/install.mjs";
import { root } from "../bootstrap/paths.mjs";
import { run, tool } from "../bootstrap/child.mjs";
import { newDevice } from "../new/device.mjs";
import { NameError } from "../new/names.mjs";
import { newPackage } from "../new/package.mjs";
import { tools } from "./tools.mjs";

const kinds = {
  package: {
    make: newPackage,
    next: (name) =>
      `Say what it owns in docs/ARCHITECTURE.md and README.md, then: npm run test:unit -- --project @mem/${name}`,
  },
  device: {
    make: newDevice,
    next: (name) =>
      `Map it in apps/pc-machine/src/board/isa-devices.ts, then: npm run test:unit -- devices/${name}`,
  },
};

/** `new package NAME` and `new device NAME`: files to begin with, entered wherever they must be. */
export async function create([kind, name, ...rest]) {
  const wanted = Object.hasOwn(kinds, kind ?? "") ? kinds[kind] : undefined;
  if (wanted === undefined || rest.length > 0) {
    console.error("mem: usage: npm run new -- package NAME, or npm run new -- device NAME");
    return 1;
  }
  try {
    const files = wanted.make(root, name);
    await ensureInstalled();
    const format = [tools.format[0], "--write", "--log-level=warn", ...files];
    const code = await run(...tool(...format));
    for (const file of files) console.log(`  ${file}`);
    console.log(wanted.next(name));
    return code;
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    console.error(`mem: ${error.message}`);
    return 1;
  }
}
