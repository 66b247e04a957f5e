import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { writeConfig } from "../../src/cli/config/files.js";
import { optionGroups } from "../../src/cli/options/index.js";
import { formatConfig } from "../../src/cli/config/format.js";
import { parseConfig } from "../../src/text/ini.js";
import type { RunRequest } from "../../src/cli/parse.js";
import { runRequest } from "./parsed-line.js";

const folder = mkdtempSync(join(tmpdir(), "mem-pc-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: readonly string[]): RunRequest => runRequest(words);

function file(text: string): string {
  const path = join(folder, "machine.cfg");
  writeFileSync(path, text);
  return path;
}

function written(request: RunRequest): string {
  let text = "";
  writeConfig("-", "-writeconfig", request.given, (part) => (text += part));
  return text;
}

/** A command line as data. Messages name the option that was typed, which is another one later. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (key, part: unknown) =>
    /option/i.test(key) ? undefined : part instanceof Map ? [...part] : part,
  );
  return JSON.parse(text);
}

describe("-readconfig", () => {
  it("takes options out of sections", () => {
    const path = file(`# a comment

[machine]
  type = "pc"
[memory]
  size = "48M"
[drive "disk0"]
  file = "a,b.img"
  index = "1"
[chardev "c"]
  backend = "file"
  path = "out.txt"
[device]
  driver = "isa-debugcon"
  chardev = "c"
  iobase = "0x402"
[global]
  driver = "isa-debugcon"
  property = "iobase"
  value = "0xe9"
[boot-opts]
  order = "dc"
[name]
  guest = "box"
[rtc]
  base = "localtime"
[icount]
  shift = "3"
[fw_cfg]
  name = "opt/a"
  string = "x"
`);
    const { line } = run("-readconfig", path, "-m", "64");
    expect(line.ramSize).toBe(64 * 2 ** 20);
    expect(run("-readconfig", path).line.ramSize).toBe(48 * 2 ** 20);
    expect(line.disks.map((disk) => [disk.path, disk.place])).toEqual([["a,b.img", 1]]);
    expect(line.chardevs.get("c")).toEqual({ kind: "file", path: "out.txt", append: false });
    expect(line.devices[0]?.properties).toEqual({ chardev: "c", iobase: "0x402" });
    expect(line.globals).toEqual([{ driver: "isa-debugcon", property: "iobase", value: "0xe9" }]);
    expect([line.bootOrder, line.name, line.rtcBase, line.icountShift]).toEqual([
      "dc",
      "box",
      "localtime",
      3,
    ]);
    expect(line.fwCfgFiles).toEqual([{ name: "opt/a", source: { text: "x" } }]);
  });

  it.each([
    ["[memory\n", 1, 'neither [section] nor key = "value"'],
    ["[memory]\n size = 3\n", 2, 'neither [section] nor key = "value"'],
    ['\nsize = "3"\n', 2, "a setting before any section"],
    ['[memory]\nsize = "3"\nsize = "4"\n', 3, "size is set twice"],
    ["[memoyr]\n", 1, "there is no section [memoyr]; did you mean memory?"],
    ["[qmp]\n", 1, "there is no section [qmp]"],
    ['[memory]\nsize = "2T"\n', 1, "RAM can be 8 KiB to 1 TiB"],
    ['[memory]\nsize = "9"\nslots = "1"\n', 1, "slots specified but no max-size"],
    ['[memory]\nsize = "9"\ncolour = "1"\n', 1, '"colour" is not known here (size, maxmem, slots)'],
  ])("refuses %j", (text, line, message) => {
    const path = file(text);
    const typed = message.startsWith("RAM") || message.startsWith('"colour') ? " [^:]*" : "";
    const escaped = message.replace(/[[\]()?]/g, "\\$&");
    expect(() => run("-readconfig", path)).toThrow(
      new RegExp(`machine\\.cfg:${line}:?${typed}:? ?.*${escaped}$`),
    );
  });

  it("refuses a file that is not there", () => {
    expect(() => run("-readconfig", join(folder, "none"))).toThrow(
      /^-readconfig .*none: cannot read the file: no such file or directory$/,
    );
  });
});

describe("-writeconfig", () => {
  const words = [
    ...["-m", "48", "-M", "pc", "-bios", "b,1.bin", "-hda", "disk.img", "-cdrom", "cd.iso"],
    ...["-drive", "id=d,file=x,,y.img,index=3", "-name", "box", "-m", "64"],
    ...["-chardev", "null,id=n", "-mon", "n", "-boot", "d,menu=on", "-rtc", "base=2024-02-29"],
    ...["-fw_cfg", "opt/a,string=hello, world".replace(", ", ",, "), "-S", "-smp", "1"],
    ...["-global", "isa-debugcon.iobase=0x402", "-device", "isa-debugcon,chardev=n"],
  ];

  it("writes what -readconfig reads", () => {
    const request = run(...words);
    const text = written(request);
    const again = run("-readconfig", file(text));
    const { startStopped, ...line } = request.line;
    expect(startStopped).toBe(true);
    expect(plain(again.line)).toEqual(plain({ ...line, startStopped: false }));
    expect(written(again)).toBe(text);
  });

  const rounds: Readonly<Record<string, readonly string[]>> = {
    m: ["-m", "48"],
    bios: ["-bios", "b,1.bin"],
    boot: ["-boot", "order=c,once=d,menu=on,reboot-timeout=9"],
    M: ["-M", "pc,hpet=off"],
    smp: ["-smp", "cpus=2"],
    numa: ["-numa", "node,cpus=0-1", "-numa", "node", "-numa", "dist,src=0,dst=1,val=21"],
    accel: ["-accel", "interp"],
    name: ["-name", "box"],
    smbios: ["-smbios", "type=1,serial=7", "-smbios", "type=3,serial=8"],
    rtc: ["-rtc", "base=2024-02-29"],
    icount: ["-icount", "shift=3"],
    fw_cfg: ["-fw_cfg", "opt/a,string=x", "-fw_cfg", "opt/b,string=y"],
    kernel: ["-kernel", "vmlinuz"],
    initrd: ["-kernel", "vmlinuz", "-initrd", "a,b"],
    append: ["-kernel", "vmlinuz", "-append", "console=ttyS0,9600 quiet"],
    hda: ["-hda", "a=b,c.img"],
    hdb: ["-hdb", "b.img"],
    hdc: ["-hdc", "c.img"],
    hdd: ["-hdd", "d.img"],
    fda: ["-fda", "a.img"],
    fdb: ["-fdb", "b.img"],
    cdrom: ["-cdrom", "c.iso"],
    pflash: ["-pflash", "a.fd", "-pflash", "b.fd"],
    netdev: ["-netdev", "user,id=a,net=10.1.0.0/24", "-netdev", "user,id=b"],
    drive: ["-drive", "file=a,index=0", "-drive", "file=b,index=1,format=raw"],
    device: ["-device", "edu", "-device", "edu,id=second"],
    object: ["-object", "iothread,id=a", "-object", "iothread,id=b"],
    global: ["-global", "edu.dma_mask=7", "-global", "isa-debugcon.iobase=9"],
    chardev: ["-chardev", "null,id=n", "-chardev", "file,id=f,path=a,,b"],
    mon: ["-chardev", "null,id=n", "-mon", "n", "-chardev", "null,id=o", "-mon", "o,mode=control"],
    vnc: ["-vnc", ":1,password", "-vnc", "unix:/tmp/a=b,share=ignore"],
    action: ["-action", "reboot=shutdown,panic=none"],
  };

  it.each(Object.entries(rounds))("writes -%s so that it means the same", (_name, given) => {
    const request = run(...given);
    const text = written(request);
    const again = run("-readconfig", file(text));
    expect(plain(again.line)).toEqual(plain(request.line));
    expect(written(again)).toBe(text);
  });

  it("is tried with every option that has a place in a file", () => {
    const options = optionGroups.flatMap(({ options: group }) => group);
    const placed = options.filter(({ config }) => config !== undefined);
    expect(placed.map(({ names }) => names[0]).sort()).toEqual(Object.keys(rounds).sort());
  });

  it("has QEMU's form of -global", () => {
    expect(written(run("-global", "isa-debugcon.iobase=0x402"))).toContain(
      '[global]\n  driver = "isa-debugcon"\n  property = "iobase"\n  value = "0x402"\n',
    );
  });

  it("has QEMU's form", () => {
    expect(written(run("-m", "48", "-drive", "id=d,file=x.img", "-m", "64"))).toBe(
      '# qemu config file\n\n[memory]\n  size = "64"\n\n[drive "d"]\n  file = "x.img"\n',
    );
  });

  it("writes a file", () => {
    const { given, writeConfig: asked } = run("-m", "48", "-writeconfig", join(folder, "out.cfg"));
    expect(asked?.path).toBe(join(folder, "out.cfg"));
    writeConfig(asked?.path ?? "", "-writeconfig", given, () => undefined);
    expect(readFileSync(join(folder, "out.cfg"), "utf8")).toContain('size = "48"');
  });

  it("refuses what the form cannot hold", () => {
    const { given } = run("-name", 'a"b');
    expect(() => writeConfig("-", "-writeconfig", given, () => undefined)).toThrow(
      /^-writeconfig -: cannot write the file: a configuration file cannot hold/,
    );
  });
});

describe("the form", () => {
  it("survives a round", () => {
    const text = '# qemu config file\n\n[a "b c"]\n  k = "v = # [x]"\n\n[d]\n';
    expect(formatConfig(parseConfig(text))).toBe(text);
  });
});
