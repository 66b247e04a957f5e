import { ensureInstalled } from "../bootstrap/install.mjs";
import { root } from "../bootstrap/paths.mjs";
import { run, tool } from "../bootstrap/child.mjs";
import { newDevice } from "../new/device.mjs";
import { NameError } from "../new/names.mjs";
import { newPackage } from "../new/package.mjs";
import { newProject, projectKinds } from "../new/project.mjs";
import { userFolder } from "./user-folder.mjs";
import { tools } from "./tools.mjs";

const kinds = {
  package: {
    make: newPackage,
    next: (name) =>
      `Say what it owns in docs/ARCHITECTURE.md and README.md, then: npm run test:unit -- --project @mem/${name}`,
  },
  project: {
    make: (base, folder, options) => newProject(base, folder, options, userFolder("new")),
    options: ["kind"],
    next: (folder) =>
      `Until there is a release: npm run pack -- ${folder}/packages\n` +
      `Then, in ${folder}: npm install --offline ./packages/*.tgz, and: npm start`,
  },
  device: {
    make: newDevice,
    options: ["bus"],
    next: (name) =>
      `Try it: npm run test:unit -- devices/${name}, and: npm start -- -device ${name},help\n` +
      "Enter it in docs/DEVICES.md: MEM_DEVICES_WRITE=1 npm run test:unit -- device/reference",
  },
};

/** `--bus pci` and `--bus=pci`, taken out of `words`; `null` for an option that is not known. */
function takeOptions(words, known) {
  const options = {};
  const rest = [];
  for (let at = 0; at < words.length; at++) {
    const [, name, joined] = /^--([a-z]+)(?:=(.*))?$/.exec(words[at]) ?? [];
    if (name === undefined) rest.push(words[at]);
    else if (known.includes(name)) options[name] = joined ?? words[++at] ?? "";
    else return null;
  }
  return { options, rest };
}

/** `new package NAME`, `new device NAME` and `new project DIR`: files to begin with, entered wherever they must be. */
export async function create([kind, ...words]) {
  const wanted = Object.hasOwn(kinds, kind ?? "") ? kinds[kind] : undefined;
  const given = wanted === undefined ? null : takeOptions(words, wanted.options ?? []);
  if (given === null || given.rest.length > 1) {
    console.error(
      "mem: usage: npm run new -- package NAME, or npm run new -- device NAME --bus isa|pci, " +
        `or npm run new -- project DIR --kind ${projectKinds.join("|")}`,
    );
    return 1;
  }
  const [name] = given.rest;
  try {
    const files = wanted.make(root, name, given.options);
    await ensureInstalled();
    const format = [tools.format[0], "--write", "--ignore-unknown", "--log-level=warn", ...files];
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
