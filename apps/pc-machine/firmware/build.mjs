// Assembles the embedded firmware and its test disk (needs nasm), and brings the copies up to date:
//
//   node firmware/build.mjs           writes embedded.bin, testdisk/testdisk.bin,
//                                     src/firmware/embedded-bytes.ts and kernel-rom-bytes.ts
//   node firmware/build.mjs --check   writes nothing; exit code 1 when one of them is out of date
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const generated = join(here, "../src/firmware/embedded-bytes.ts");
const generatedRoms = join(here, "../src/firmware/kernel-rom-bytes.ts");
/** The Plug and Play header of an option ROM, and its checksum. */
const PNP = { SIZE: 32, CHECKSUM: 9 };
const BASE64_LINE = 96;

function assemble(source) {
  const folder = mkdtempSync(join(tmpdir(), "mem-firmware-"));
  try {
    const output = join(folder, "out.bin");
    execFileSync("nasm", ["-f", "bin", "-w+all", "-w+error", "-o", output, source], {
      cwd: here,
      stdio: ["ignore", "inherit", "inherit"],
    });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `rom` with the checksums that a BIOS wants: of its Plug and Play header, and of the whole. */
function seal(rom) {
  const balance = (bytes, at) => {
    bytes[at] = 0;
    bytes[at] = -bytes.reduce((sum, byte) => sum + byte, 0);
  };
  const header = rom.indexOf("$PnP");
  balance(rom.subarray(header, header + PNP.SIZE), PNP.CHECKSUM);
  balance(rom, rom.length - 1);
  return rom;
}

function base64Lines(bytes) {
  return bytes.toString("base64").match(new RegExp(`.{1,${BASE64_LINE}}`, "g")) ?? [];
}

/** Option ROMs as TypeScript. */
function romsAsTypeScript(roms) {
  return [
    "// Written by firmware/build.mjs; not to be edited.",
    ...roms.flatMap(([name, what, rom]) => [
      "",
      `/** ${what}, in base64. */`,
      `export const ${name} = \``,
      ...base64Lines(rom),
      "`;",
    ]),
    "",
  ].join("\n");
}

/** The image as TypeScript: its text is at the end, and the zeroes before it are left out. */
function asTypeScript(image) {
  const first = image.findIndex((byte) => byte !== 0);
  const lines = base64Lines(image.subarray(first));
  return [
    "// Written by firmware/build.mjs; not to be edited.",
    "",
    "/** The end of the embedded firmware's image, from its first byte that is not zero, in base64. */",
    "export const EMBEDDED_BASE64 = `",
    ...lines,
    "`;",
    "",
  ].join("\n");
}

const image = assemble("embedded.asm");
const roms = [
  ["LINUXBOOT_BASE64", "The option ROM that starts Linux", seal(assemble("kernel/linuxboot.asm"))],
  [
    "ELFBOOT_BASE64",
    "The option ROM that starts kernels of Multiboot and PVH",
    seal(assemble("kernel/elfboot.asm")),
  ],
];
const outputs = [
  [join(here, "embedded.bin"), image],
  [join(here, "testdisk/testdisk.bin"), assemble("testdisk/testdisk.asm")],
  [generated, Buffer.from(asTypeScript(image))],
  [generatedRoms, Buffer.from(romsAsTypeScript(roms))],
];

if (process.argv.includes("--check")) {
  for (const [path, bytes] of outputs) {
    if (!existsSync(path) || !readFileSync(path).equals(bytes)) {
      console.error(`${path} is out of date: run firmware/build.mjs`);
      process.exitCode = 1;
    }
  }
} else {
  for (const [path, bytes] of outputs) {
    writeFileSync(path, bytes);
  }
}
