import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { CommandLine } from "../../src/cli/command-line.js";
import { cpioArchive, type CpioEntry } from "../../src/cli/linux/cpio.js";
import { INITRD_MODULES, makeInitrd } from "../../src/cli/linux/initrd.js";
import { prepareLinux } from "../../src/cli/linux/linux-command.js";
import { takeLinuxOptions } from "../../src/cli/linux/linux-options.js";
import { aliasTable, dependencyTable, withNeeded } from "../../src/cli/linux/modules.js";
import { Progress } from "../../src/cli/linux/progress.js";
import { parseCommandLine } from "../../src/cli/parse.js";
import { InProcess } from "./in-process.js";

let program: InProcess;
beforeAll(() => {
  program = new InProcess();
});
afterAll(() => program.dispose());

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytes = (content: string): Uint8Array => Buffer.from(content, "latin1");

interface Unpacked {
  readonly mode: number;
  readonly inode: number;
  readonly device: string;
  readonly content: string;
}

/** The entries of an archive, read by the format's description. */
function unpack(archive: Uint8Array): Map<string, Unpacked> {
  const entries = new Map<string, Unpacked>();
  const field = (at: number, index: number): number =>
    parseInt(text(archive.subarray(at + 6 + 8 * index, at + 14 + 8 * index)), 16);
  for (let at = 0; ;) {
    expect(text(archive.subarray(at, at + 6))).toBe("070701");
    const size = field(at, 6);
    const nameAt = at + 110;
    const name = text(archive.subarray(nameAt, nameAt + field(at, 11) - 1));
    if (name === "TRAILER!!!") return entries;
    const from = Math.ceil((nameAt + field(at, 11)) / 4) * 4;
    entries.set(name, {
      mode: field(at, 1),
      inode: field(at, 0),
      device: `${field(at, 9)}:${field(at, 10)}`,
      content: text(archive.subarray(from, from + size)),
    });
    at = Math.ceil((from + size) / 4) * 4;
  }
}

describe("an archive of cpio's newc form", () => {
  const entries: CpioEntry[] = [
    { kind: "folder", name: "bin" },
    { kind: "file", name: "bin/odd", bytes: bytes("12345"), executable: true },
    { kind: "file", name: "empty", bytes: bytes("") },
    { kind: "characters", name: "console", major: 5, minor: 1 },
  ];

  it("holds folders, files and devices, each with a number of its own", () => {
    const archive = cpioArchive(entries);
    expect(archive.length % 512).toBe(0);
    const found = unpack(archive);
    expect([...found.keys()]).toEqual(["bin", "bin/odd", "empty", "console"]);
    expect(found.get("bin")).toMatchObject({ mode: 0o040755, content: "" });
    expect(found.get("bin/odd")).toMatchObject({ mode: 0o100755, content: "12345" });
    expect(found.get("empty")).toMatchObject({ mode: 0o100644, content: "" });
    expect(found.get("console")).toMatchObject({ mode: 0o020600, device: "5:1" });
    expect(new Set([...found.values()].map(({ inode }) => inode)).size).toBe(4);
  });

  it("is read by cpio", (context) => {
    const { status, stdout, error } = spawnSync("cpio", ["-it", "--quiet"], {
      input: cpioArchive(entries),
      encoding: "utf8",
    });
    context.skip(error !== undefined, "cpio is not installed");
    expect([status, stdout]).toEqual([0, "bin\nbin/odd\nempty\nconsole\n"]);
  });
});

const module = (path: string, information: readonly string[]) => ({
  name: (/([^/]+)\.ko$/.exec(path)?.[1] ?? "").replaceAll("-", "_"),
  path,
  bytes: bytes(`ELF\0${information.join("\0")}\0`),
});

describe("modules of an initrd", () => {
  const files = [
    module("kernel/a/disk.ko", [
      "license=GPL",
      "depends=bus-core,check",
      "alias=pci:v1*",
      "alias=x",
    ]),
    module("kernel/a/bus-core.ko", ["depends=check", "softdep=pre: early post: late"]),
    module("kernel/b/check.ko", ["depends="]),
    module("kernel/b/early.ko", ["depends="]),
    module("kernel/b/late.ko", ["depends=disk"]),
  ];
  const read = (name: string) => files.find((file) => file.name === name) ?? null;

  it("are those that are wanted and all that they need, in the order of loading", () => {
    const names = withNeeded(["disk", "builtin"], read).map(({ name }) => name);
    expect(names).toEqual(["check", "early", "bus_core", "disk"]);
  });

  it("are found by the tables that modprobe reads", () => {
    const modules = withNeeded(["disk"], read);
    expect(dependencyTable(modules)).toBe(
      "kernel/b/check.ko:\nkernel/b/early.ko:\n" +
        "kernel/a/bus-core.ko: kernel/b/early.ko kernel/b/check.ko\n" +
        "kernel/a/disk.ko: kernel/a/bus-core.ko kernel/b/early.ko kernel/b/check.ko\n",
    );
    expect(aliasTable(modules)).toBe("alias pci:v1* disk\nalias x disk\n");
  });

  it("need each other without end in a broken package, and are taken once", () => {
    const circle = [module("kernel/x.ko", ["depends=y"]), module("kernel/y.ko", ["depends=x"])];
    const both = withNeeded(["x"], (name) => circle.find((file) => file.name === name) ?? null);
    expect(both.map(({ name }) => name)).toEqual(["y", "x"]);
    expect(dependencyTable(both)).toBe("kernel/y.ko: kernel/x.ko\nkernel/x.ko: kernel/y.ko\n");
  });

  it("lie with their folders before them", () => {
    const names = [
      ...unpack(makeInitrd({ busybox: bytes("B"), release: "1.2", modules: files })).keys(),
    ];
    const orphans = names.filter((name, index) => {
      const folder = name.slice(0, Math.max(0, name.lastIndexOf("/")));
      return folder !== "" && !names.slice(0, index).includes(folder);
    });
    expect(orphans).toEqual([]);
    expect(names).toContain("lib/modules/1.2/kernel/a/disk.ko");
    expect(names).toContain("lib/modules/1.2/modules.dep");
  });
});

describe("the words behind linux", () => {
  it("are its own options, and those of a run", () => {
    const { request, rest } = takeLinuxOptions(["--arch=amd64", "-m", "64", "--update", "d.img"]);
    expect(request).toEqual({
      architecture: "amd64",
      package: null,
      busybox: null,
      update: true,
      prepare: false,
      guest: null,
    });
    expect(rest).toEqual(["-m", "64", "d.img"]);
  });

  it.each<[string[], string]>([
    [["--arch", "arm"], "--arch arm: there are i386 and amd64"],
    [["--arch"], "--arch: requires an argument"],
    [["--update=yes"], "--update: takes no argument"],
    [["--package", "bash; rm"], "--package bash; rm: it is the name of a package linux-image-..."],
    [["--nonsense"], "--nonsense: invalid option"],
  ])("are refused in one line: %j", async (words, message) => {
    const { code, stderr } = await program.run(["linux", ...words]);
    expect([code, stderr]).toEqual([1, `mem-pc: ${message}\n`]);
  });

  it("ask for help", async () => {
    const { code, stdout } = await program.run(["linux", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^usage: mem-pc linux /);
    expect(stdout).toContain("--busybox FILE");
  });
});

/** What `prepareLinux` makes of words, with what it said. */
async function prepared(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ line: CommandLine; said: string; starts: boolean }> {
  const parsed = parseCommandLine(["linux", ...words]);
  if (parsed.kind !== "linux") throw new Error(`it is ${parsed.kind}`);
  const { linux: request, run } = parsed;
  let said = "";
  const progress = new Progress({ write: (line) => (said += line) }, "mem-pc");
  const given = new Set(run.given.flatMap(({ option }) => option.names));
  const starts = await prepareLinux({ request, line: run.line, given, environment, progress });
  return { line: run.line, said, starts };
}

describe("linux without apt", () => {
  it("says in one line what to give it", async () => {
    await expect(
      prepared([], { PATH: program.folder, XDG_CACHE_HOME: program.folder }),
    ).rejects.toThrow(
      "linux: there is no apt here to ask for Debian's kernel: give a kernel with --kernel FILE, " +
        "and --initrd FILE or a static BusyBox with --busybox FILE",
    );
  });

  it("takes kernel and initrd from files, and fills in the rest", async () => {
    const kernel = program.write("vmlinuz", new Uint8Array(1024));
    const words = ["--kernel", kernel, "--initrd", "some.img", "-append", "quiet"];
    const { line, said, starts } = await prepared(words, {});
    expect(starts).toBe(true);
    expect(line.kernel).toEqual({
      image: kernel,
      initrd: "some.img",
      append: "console=ttyS0 quiet",
    });
    expect([line.ramSize, line.accel]).toEqual([256 << 20, "jit"]);
    expect(line.cpu.has("invtsc")).toBe(true);
    expect(said).toBe(
      `mem-pc: linux: mem-pc -accel jit -m 256 -cpu max,+invtsc -kernel ${kernel} -initrd some.img ` +
        "-append 'console=ttyS0 quiet'\nmem-pc: starting Linux\n",
    );
  });

  it("leaves alone what was said", async () => {
    const kernel = program.write("vmlinuz", new Uint8Array(1024));
    const kept = ["-kernel", kernel, "-initrd", "i", "-append", "console=tty0", "-m", "64"];
    const words = [...kept, "-accel", "interp", "-smp", "2", "-cpu", "max"];
    const { line, said } = await prepared(words, {});
    expect(line.kernel.append).toBe("console=tty0");
    expect([line.ramSize, line.accel, line.cpus]).toEqual([64 << 20, "interp", 2]);
    expect(line.cpu.has("invtsc")).toBe(false);
    expect(said).toContain(" -smp 2 -kernel ");
  });

  it("says in one line that it cannot keep what it makes, also where /proc would hold it", async (context) => {
    context.skip(!existsSync("/proc/self"), "there is no /proc here");
    const kernel = program.write("vmlinuz", new Uint8Array(1024));
    const busybox = program.write("busybox", bytes("\x7fELF, a program"));
    const words = ["--kernel", kernel, "--busybox", busybox];
    for (const [folder, why] of [
      ["/proc", "no such file or directory"],
      [busybox, "a part of the path is not a directory"],
    ]) {
      await expect(prepared(words, { XDG_CACHE_HOME: folder })).rejects.toThrow(
        `linux: cannot write to ${folder}/mem-pc/linux/i386: ${why}`,
      );
    }
  });

  it("makes an initrd with a BusyBox of the user's", async () => {
    const kernel = program.write("vmlinuz", new Uint8Array(1024));
    const busybox = program.write("busybox", bytes("\x7fELF, a program"));
    const words = ["--kernel", kernel, "--busybox", busybox];
    const { line } = await prepared(words, { XDG_CACHE_HOME: program.folder });
    const { initrd } = line.kernel;
    expect(initrd).toMatch(/mem-pc\/linux\/i386\/initrd-without-modules-\d+-own\.cpio$/);
    const archive = unpack(readFileSync(initrd ?? ""));
    expect(archive.get("bin/busybox")).toMatchObject({
      mode: 0o100755,
      content: "\x7fELF, a program",
    });
    expect(archive.get("init")?.content).toMatch(/^#!\/bin\/busybox sh\n/);
  });

  it("puts what it made into a folder for the page, in place of what was there", async () => {
    const kernel = program.write("vmlinuz-9.9-686", bytes("the kernel"));
    const initrd = program.write("small.img", bytes("the disk"));
    mkdirSync(join(program.folder, "data"), { recursive: true });
    program.write("data/bios-256k.bin", new Uint8Array(256 << 10).fill(0xf4));
    const folder = join(program.folder, "guests");
    const words = ["--kernel", kernel, "--initrd", initrd, "--guest", folder];
    const data = ["-L", join(program.folder, "data"), "-m", "96"];
    const manifest = (): unknown => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    mkdirSync(folder);
    const other = { name: "DOS", files: [{ path: "dos.img", kind: "disk" }] };
    const stale = { name: "Linux (9.9-686)", memory: 1, files: [] };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ guests: [stale, other] }));
    const { starts, said } = await prepared([...words, ...data], {});
    expect(starts).toBe(false);
    expect(said).toBe(`mem-pc: linux: the page boots it from ${folder}\n`);
    expect(manifest()).toEqual({
      guests: [
        other,
        {
          name: "Linux (9.9-686)",
          memory: 96,
          commandLine: "console=ttyS0",
          files: [
            { path: "bios-256k.bin", kind: "firmware" },
            { path: "vmlinuz-9.9-686", kind: "kernel" },
            { path: "small.img", kind: "initrd" },
          ],
        },
      ],
    });
    expect(readFileSync(join(folder, "vmlinuz-9.9-686"), "utf8")).toBe("the kernel");
    expect(readFileSync(join(folder, "small.img"), "utf8")).toBe("the disk");

    for (const text of ["{", "[]", '"x"']) {
      writeFileSync(join(folder, "manifest.json"), text);
      await expect(prepared([...words, ...data], {})).rejects.toThrow("is no list of guests");
    }
    await expect(prepared([...words.slice(0, 4), "--guest", kernel, ...data], {})).rejects.toThrow(
      `linux: --guest ${kernel}: `,
    );
  });

  it("refuses a BusyBox that is not there or is no program, before anything is fetched", async () => {
    const text = program.write("notes.txt", bytes("not a program"));
    const kernel = program.write("vmlinuz", new Uint8Array(1024));
    const environment = { PATH: program.folder, XDG_CACHE_HOME: program.folder };
    for (const words of [[], ["--kernel", kernel]]) {
      await expect(prepared([...words, "--busybox", "none"], environment)).rejects.toThrow(
        /^--busybox none: cannot read/,
      );
      await expect(prepared([...words, "--busybox", text], environment)).rejects.toThrow(
        `--busybox ${text}: it is no program for Linux`,
      );
    }
  });

  it("refuses a kernel that is not there, and a processor that cannot run it", async () => {
    await expect(prepared(["--kernel", "none"], {})).rejects.toThrow(/--kernel none: cannot read/);
    await expect(prepared(["--arch", "amd64", "-cpu", "qemu32"], {})).rejects.toThrow(
      "linux: the processor qemu32 has no long mode, which amd64 needs",
    );
  });
});

/** A folder with an apt that serves two packages, and what unpacks them. */
function fakeApt(): Readonly<Record<string, string>> | null {
  const real = spawnSync("sh", ["-c", "command -v dpkg-deb && command -v tar"], {
    encoding: "utf8",
  });
  if (real.status !== 0) return null;
  const bin = join(program.folder, "bin");
  mkdirSync(bin, { recursive: true });
  const pack = (name: string, files: Readonly<Record<string, string>>): void => {
    const root = join(program.folder, "root", name);
    const all = { ...files, "DEBIAN/control": control(name) };
    for (const [path, content] of Object.entries(all)) {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    spawnSync("dpkg-deb", ["--build", "-Znone", root, join(program.folder, `${name}_1_i386.deb`)]);
  };
  pack("linux-image-9.9-686", {
    "boot/vmlinuz-9.9-686": "the kernel",
    "lib/modules/9.9-686/kernel/drivers/ata/ata_piix.ko": "\0depends=libata\0",
    "lib/modules/9.9-686/kernel/drivers/ata/libata.ko": "\0depends=\0",
    "lib/modules/9.9-686/kernel/drivers/ata/other.ko": "\0depends=\0",
    "lib/modules/9.9-686/kernel/sound/noise.ko": "\0depends=\0",
  });
  pack("busybox-static", { "bin/busybox": "the programs" });
  const script = (name: string, lines: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const served = program.folder;
  script("apt-cache", `echo "$3"; echo "  Depends: linux-image-9.9-686"`);
  script(
    "apt-get",
    `case $1,$2 in
update,) echo asked >> ${served}/asked; exit 100 ;;
download,--print-uris) [ -f ${served}/$3_1_i386.deb ] && echo "'http://x/y' $3_1_i386.deb 52000000 SHA256:0" ;;
download,*) cp ${served}/$2_1_i386.deb . ;;
esac`,
  );
  return { PATH: `${bin}:${process.env["PATH"] ?? ""}`, XDG_CACHE_HOME: join(served, "cache") };
}

function control(name: string): string {
  return `Package: ${name}\nVersion: 1\nArchitecture: i386\nMaintainer: none <none@example.org>\nDescription: none\n`;
}

describe("linux with apt", () => {
  it("fetches and unpacks kernel and BusyBox, once", async (context) => {
    const environment = fakeApt();
    if (environment === null) return context.skip("there is no dpkg-deb");
    const first = await prepared([], environment);
    expect(first.said).toMatch(
      /^mem-pc: asking apt .*\nmem-pc: fetching linux-image-9.9-686 for i386, 52 MB\n/,
    );
    const { image, initrd, append } = first.line.kernel;
    expect(append).toBe("console=ttyS0 cryptomgr.notests");
    expect(readFileSync(image ?? "", "utf8")).toBe("the kernel");
    const archive = unpack(readFileSync(initrd ?? ""));
    expect(archive.get("bin/busybox")?.content).toBe("the programs");
    const root = "lib/modules/9.9-686";
    expect(archive.get(`${root}/modules.dep`)?.content).toBe(
      "kernel/drivers/ata/libata.ko:\n" +
        "kernel/drivers/ata/ata_piix.ko: kernel/drivers/ata/libata.ko\n",
    );
    expect([...archive.keys()].filter((name) => name.endsWith(".ko")).length).toBe(2);
    expect(INITRD_MODULES).toContain("ata_piix");

    const second = await prepared(["--prepare"], environment);
    expect(second.line.kernel).toEqual(first.line.kernel);
    expect(second.starts).toBe(false);
    expect(second.said).toMatch(/^mem-pc: linux: mem-pc [^\n]*\n$/);
    expect(readFileSync(join(program.folder, "asked"), "utf8")).toBe("asked\n");
    const tested = await prepared(["-append", "cryptomgr.notests=0 quiet"], environment);
    expect(tested.line.kernel.append).toBe("console=ttyS0 cryptomgr.notests=0 quiet");
    // Nothing is left of what was unpacked.
    expect(readdirSync(join(image ?? "", "..")).filter((name) => /unpacked/.test(name))).toEqual(
      [],
    );
  });

  it("names the package that apt does not know", async (context) => {
    const environment = fakeApt();
    if (environment === null) return context.skip("there is no dpkg-deb");
    rmSync(join(program.folder, "busybox-static_1_i386.deb"));
    await expect(prepared(["--update"], environment)).rejects.toThrow(
      "linux: apt knows no package busybox-static for i386 here",
    );
  });
});

describe("progress", () => {
  it("is a line that goes, on a terminal, and stays, elsewhere", () => {
    let said = "";
    const shown = new Progress({ isTTY: true, write: (line) => (said += line) }, "mem-pc");
    shown.begin("working");
    shown.begin("working more");
    shown.end();
    shown.end();
    expect(said).toBe(
      "\r\u001b[Kmem-pc: working ...\r\u001b[K\r\u001b[Kmem-pc: working more ...\r\u001b[K",
    );
  });
});
