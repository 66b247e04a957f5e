import { spawnSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import type { CommandLine } from "../../src/cli/command-line.js";
import { helpText } from "../../src/cli/help.js";
import { optionGroups } from "../../src/cli/options/index.js";
import { qemuOnlyOptions } from "../../src/cli/options/qemu-only.js";
import { placeDisks } from "../../src/cli/options/storage.js";
import { parseCommandLine } from "../../src/cli/parse.js";
import { errorText, parse } from "./parsed-line.js";

const MIB = 2 ** 20;

/** A device as a line holds it, but for the option. */
function device(
  driver: string,
  properties: Record<string, string>,
  place: { id?: string; addr?: string } = {},
): CommandLine["devices"][number] {
  return { driver, id: null, addr: null, properties, option: "", ...place };
}

const errorOf = (text: string): string => errorText(() => placeDisks(parse(text)));

describe("the defaults", () => {
  it("are a PC with 128 MiB and whatever firmware there is", () => {
    const line = parse("");
    expect(line.ramSize).toBe(128 * MIB);
    expect(line.firmware).toEqual({ kind: "search" });
    expect(line.serial).toEqual([]);
    expect(line.monitor).toBeNull();
    expect(line.disks).toEqual([]);
  });
});

describe("options that set one thing", () => {
  it.each<[string, Partial<CommandLine>]>([
    ["-bios a.bin", { firmware: { kind: "file", path: "a.bin", option: "-bios a.bin" } }],
    ["--firmware embedded", { firmware: { kind: "embedded" } }],
    ["-firmware b.bin", { firmware: { kind: "file", path: "b.bin", option: "-firmware b.bin" } }],
    ["-boot dc", { bootOrder: "dc" }],
    ["-boot order=n,menu=on,strict=off", { bootOrder: "n", bootMenu: true }],
    ["-M pc -machine type=pc,accel=tcg -M pc-i440fx-7.2", { accelAsked: true, accel: "interp" }],
    ["-smp 1 -accel tcg -no-user-config", { accelAsked: true, accel: "interp" }],
    [
      "-accel jit,one-insn-per-tb=on,count-runs=on",
      { accelAsked: true, jit: { instructions: 1, countRuns: true } },
    ],
    [
      "-accel jit,links=off,tb-size=32",
      { accelAsked: true, jit: { links: false, bytes: 2 ** 25 } },
    ],
    ["-no-hpet", { hpet: false }],
    ["-machine pc,hpet=off -machine hpet=on", { hpet: true }],
    ["-smp 4", { cpus: 4 }],
    ["-smp cpus=2,maxcpus=4", { cpus: 2 }],
    ["-smp sockets=1,cores=2,threads=2", { cpus: 4 }],
    ["-accel jit", { accelAsked: true, accel: "jit" }],
    ["-machine pc,accel=jit", { accelAsked: true, accel: "jit" }],
    ["-accel jit -accel accel=interp", { accelAsked: true, accel: "jit" }],
    ["-net none -nic none", { nics: [], netdevs: new Map() }],
    [
      "-parallel none -parallel file:printed",
      {
        parallel: [{ kind: "none" }, { kind: "file", path: "printed", append: false }],
      },
    ],
    ["-display none", { displayNone: true }],
    ["-display curses", { curses: true, displayNone: false }],
    ["-display curses,charset=CP437", { curses: true }],
    ["-display curses -display none", { curses: false, displayNone: true }],
    ["-name box", { name: "box" }],
    ["-name guest=box", { name: "box" }],
    ["-rtc base=localtime,clock=host", { rtcBase: "localtime" }],
    ["-rtc base=2024-02-29T12:00:01", { rtcBase: Date.UTC(2024, 1, 29, 12, 0, 1) }],
    ["-rtc base=2024-02-29", { rtcBase: Date.UTC(2024, 1, 29) }],
    ["-icount 7", { icountShift: 7 }],
    ["-icount shift=auto,sleep=off,align=off", { icountShift: 3 }],
    ["-fw_cfg opt/a,string=b", { fwCfgFiles: [{ name: "opt/a", source: { text: "b" } }] }],
    ["-fw_cfg name=opt/a,file=b", { fwCfgFiles: [{ name: "opt/a", source: { file: "b" } }] }],
    ["-snapshot", { snapshot: true }],
    ["-vga none", { vga: "none" }],
    ["-vga std", { vga: "std" }],
    ["-vga cirrus", { vga: "cirrus" }],
    [
      "-device VGA,romfile=r.bin,addr=5,id=v",
      { devices: [device("VGA", { romfile: "r.bin" }, { addr: "5", id: "v" })] },
    ],
    ["-nographic", { nographic: true }],
    ["-nodefaults", { noDefaults: true, defaultNic: true, nics: [], netdevs: new Map() }],
    ["-S", { startStopped: true }],
    ["-no-reboot", { noReboot: true }],
    ["-no-shutdown", { noShutdown: true }],
    ["-d guest_errors", { log: new Set(["guest_error" as const]) }],
    ["-d unimp,guest_errors", { log: new Set(["guest_error" as const, "unimp" as const]) }],
    ["-D log.txt", { logFile: "log.txt" }],
    ["-serial stdio", { serial: [{ kind: "stdio", mux: false }] }],
    [
      "-serial mon:stdio -serial null",
      { serial: [{ kind: "stdio", mux: true }, { kind: "null" }] },
    ],
    ["-serial none", { serial: [{ kind: "none" }] }],
    ["-serial file:a:b", { serial: [{ kind: "file", path: "a:b", append: false }] }],
    ["-monitor stdio", { monitor: { kind: "stdio", mux: false } }],
    ["-monitor none", { monitor: { kind: "none" } }],
    [
      "-mon chardev=m,mode=readline",
      { monitor: { kind: "chardev", id: "m" }, monitorOption: "-mon" },
    ],
    ["-debugcon stdio", { debugcon: { kind: "stdio", mux: false } }],
    [
      "-global isa-debugcon.iobase=0x402",
      { globals: [{ driver: "isa-debugcon", property: "iobase", value: "0x402" }] },
    ],
    [
      "-global driver=isa-debugcon,property=iobase,value=1026",
      { globals: [{ driver: "isa-debugcon", property: "iobase", value: "1026" }] },
    ],
    [
      "-device isa-debugcon,iobase=0x402,chardev=d",
      { devices: [device("isa-debugcon", { iobase: "0x402", chardev: "d" })] },
    ],
    [
      "-device isa-serial,chardev=s,id=x",
      { devices: [device("isa-serial", { chardev: "s" }, { id: "x" })] },
    ],
    [
      "-chardev file,path=/a,id=x,append=on",
      { chardevs: new Map([["x", { kind: "file", path: "/a", append: true }]]) },
    ],
    [
      "-chardev stdio,id=x,mux=on,signal=off",
      { chardevs: new Map([["x", { kind: "stdio", mux: true }]]) },
    ],
    ["-chardev null,id=x", { chardevs: new Map([["x", { kind: "null" }]]) }],
  ])("%s", (text, expected) => {
    const line = parse(text);
    // The option is the text itself.
    expect(line.devices.every(({ option }) => option === text)).toBe(true);
    const devices = line.devices.map((found) => ({ ...found, option: "" }));
    expect({ ...line, devices }).toEqual({ ...parse(""), ...expected });
  });

  it("take the last value", () => {
    expect(parse("-bios a -firmware embedded -m 1 -m 2")).toMatchObject({
      firmware: { kind: "embedded" },
      ramSize: 2 * MIB,
    });
  });
});

describe("disks", () => {
  const paths = (text: string): (string | null)[] =>
    placeDisks(parse(text)).map((disk) => disk?.path ?? null);

  it.each([
    ["a.img", ["a.img", null, null, null]],
    ["-hda a -hdb b -hdc c -hdd d", ["a", "b", "c", "d"]],
    ["-drive file=x -drive file=y", ["x", "y", null, null]],
    ["-drive file=x -hda y", ["y", "x", null, null]],
    ["-drive file=x,index=2", [null, null, "x", null]],
    ["-cdrom x -drive file=y,media=cdrom", ["y", null, "x", null]],
    ["-drive file=x,if=ide,bus=1,unit=1", [null, null, null, "x"]],
    ["-drive file=a,,b,format=raw,media=disk,cache=none,id=q", ["a,b", null, null, null]],
  ])("%s", (text, expected) => {
    expect(paths(text)).toEqual(expected);
  });

  it("carry their flags", () => {
    expect(parse("-drive file=x,readonly=on,snapshot=off").disks[0]).toMatchObject({
      readonly: true,
      snapshot: false,
    });
    expect(parse("-cdrom x").disks[0]).toMatchObject({ kind: "cdrom", readonly: true });
    expect(parse("-hda x").disks[0]).toMatchObject({
      kind: "disk",
      readonly: false,
      snapshot: null,
    });
  });

  it("puts disks behind virtio, after the devices that are named", () => {
    const line = parse("-drive file=x,if=virtio -drive file=y,if=virtio,id=y");
    expect(line.virtioDisks.map(({ driver, properties }) => [driver, properties])).toEqual([
      ["virtio-blk-pci", { drive: "virtio0" }],
      ["virtio-blk-pci", { drive: "y" }],
    ]);
    expect(line.drives.map(({ id, path }) => [id, path])).toEqual([
      ["virtio0", "x"],
      ["y", "y"],
    ]);
  });

  it.each([
    ["-hda a -hda b", "-hda b: place 0 has a disk already (-hda a)"],
    ["a.img b.img", "b.img: place 0 has a disk already (a.img)"],
    ["-drive format=raw", "-drive format=raw: file= is missing"],
    [
      "-drive file=x,format=vmdk",
      "-drive file=x,format=vmdk: format=vmdk: must be blkdebug or file or null-aio or null-co or qcow2 or raw",
    ],
    ["-fda a -fda b", "-fda b: floppy drive 0 has an image already"],
    ["-fda a -drive if=floppy,file=b -fdb c", "-fdb c: floppy drive 1 has an image already"],
    [
      "-drive file=x,if=scsi",
      "-drive file=x,if=scsi: if=scsi: must be ide or floppy or pflash or virtio or none",
    ],
    ["-drive file=x,index=4", "-drive file=x,index=4: index=4: must be 0 to 3"],
    [
      "-drive file=x,index=1,bus=0",
      "-drive file=x,index=1,bus=0: give either index=, or bus= and unit=",
    ],
    ["-drive file=x,readonly=yes", "-drive file=x,readonly=yes: readonly=yes: must be on or off"],
    [
      "-hda a -hdb b -hdc c -hdd d -drive file=e",
      "-drive file=e: there are 4 places for disks, all taken",
    ],
  ])("refuses %s", (text, message) => {
    expect(errorOf(text)).toBe(`CliError: ${message}`);
  });
});

describe("what cannot be had is one clear line", () => {
  it.each([
    ["-foo", "-foo: invalid option"],
    ["-nograhpic", "-nograhpic: invalid option; did you mean -nographic?"],
    ["--snapshto", "--snapshto: invalid option; did you mean --snapshot?"],
    ["-usbdevice disk", "-usbdevice disk: must be tablet or mouse or keyboard"],
    ["-tpmdev emulator,id=t", "-tpmdev: an option of QEMU that is not here: there is no TPM"],
    [
      "-drive file=x,snapshto=on",
      '-drive file=x,snapshto=on: "snapshto" is not known here ' +
        "(if, file, format, driver, media, readonly, read-only, snapshot, index, bus, unit, id, cache, cache.writeback, cache.direct, cache.no-flush, aio, discard, auto-read-only, copy-on-read, rerror, werror, node-name, size, offset, read-zeroes, config, detect-zeroes)" +
        "; did you mean snapshot?",
    ],
    ["--foo=3", "--foo=3: invalid option"],
    ["-", "-: invalid option"],
    ["-S=3", "-S=3: invalid option"],
    ["--snapshot=on", "--snapshot: takes no argument"],
    ["-bios", "-bios: requires an argument (FILE)"],
    ["-boot x", '-boot x: "x" is not up to three of a (floppy), c (disk), d (CD), n (network)'],
    ["-M q35", '-M q35: there is no machine "q35"; this is a pc'],
    ["-M pc,accel=tgc", "-M pc,accel=tgc: accel=tgc: must be interp or jit or tcg or qtest"],
    [
      "-cpu host",
      '-cpu host: there is no model "host", which is KVM\'s; max has all features that there are',
    ],
    ["-cpu nehalm", '-cpu nehalm: there is no model "nehalm"; did you mean Nehalem?'],
    ["-cpu max,+popcn", '-cpu max,+popcn: there is no feature "popcn"; did you mean popcnt?'],
    ["-cpu max,sse=2", '-cpu max,sse=2: sse is on or off, not "2"'],
    ["-smp 9", "-smp 9: this machine has 1 to 8 processors"],
    ["-smp -1", "-smp -1: this machine has 1 to 8 processors"],
    ["-smp two", "-smp two: this machine has 1 to 8 processors"],
    [
      "-smp 2,core=2",
      '-smp 2,core=2: "core" is not known here (cpus, sockets, dies, cores, threads, maxcpus); did you mean cores?',
    ],
    ["-accel jit,tb-size=2000", "-accel jit,tb-size=2000: tb-size is 1 to 1024, in MiB"],
    ["-accel vkm", "-accel vkm: accel=vkm: must be interp or jit or tcg or qtest"],
    [
      "-rtc base=2023-02-32",
      "-rtc base=2023-02-32: base is utc, localtime, or a date such as 2024-02-29T12:34:56",
    ],
    ["-icount 11", "-icount 11: the shift is 0 to 10, or auto"],
    [
      "-fw_cfg opt/a,string=1 -fw_cfg opt/a,string=2",
      '-fw_cfg opt/a,string=2: there is a file "opt/a" already',
    ],
    ["-device VGA -device VGA", "-device VGA: there is a display adapter already"],
    [
      "-global isa-debugcon.iobase=zzz",
      '-global isa-debugcon.iobase=zzz: "zzz" is no I/O port (0 to 0xffff)',
    ],
    ["-fw_cfg opt/a", "-fw_cfg opt/a: give either file= or string="],
    ["-vga qxl", "-vga qxl: the display adapter is std, cirrus or none"],
    ["-display gtk", "-display gtk: the display is none, curses or vnc=DISPLAY"],
    [
      "-display curses,charset=latin1",
      "-display curses,charset=latin1: the display is none, curses or vnc=DISPLAY",
    ],
    ["-net tap", "-net tap: there are nic and user"],
    ["-device ne2k_pci", '-device ne2k_pci: there is no device "ne2k_pci"; see -device help'],
    [
      "-device isa-seral,chardev=x",
      '-device isa-seral,chardev=x: there is no device "isa-seral"; ' +
        "did you mean isa-serial?; see -device help",
    ],
    ["-device PIIX3", '-device PIIX3: "PIIX3" is soldered to the board: there can be no other one'],
    [
      "-device VGA,vgamen_mb=8",
      '-device VGA,vgamen_mb=8: "vgamen_mb" is no property of VGA; did you mean vgamem_mb?',
    ],
    [
      "-device VGA,vgamem_mb=3",
      '-device VGA,vgamem_mb=3: vgamem_mb=3: "3" is no size (1, 2, 4, 8, 16, 32, 64, 128, 256)',
    ],
    [
      "-device VGA,addr=20",
      "-device VGA,addr=20: addr=20: a PCI address is SLOT.FUNCTION, 0.0 to 1f.7",
    ],
    [
      "-device isa-debugcon,chardev=a,id=x -device isa-debugcon,chardev=b,iobase=0x301,id=x",
      '-device isa-debugcon,chardev=b,iobase=0x301,id=x: there is a device "x" already',
    ],
    [
      "-device isa-debugcon,chardev=a -device isa-debugcon,chardev=b -device edu,addr=1 " +
        "-device isa-serial,chardev=c,iobase=0x60",
      "-device edu,addr=1: PCI slot 1, function 0 holds PIIX3 already; " +
        "-device isa-debugcon,chardev=b: I/O port 0xe9 is isa-debugcon's already; " +
        "-device isa-serial,chardev=c,iobase=0x60: " +
        "I/O ports 0x60 to 0x67 are i8042's already",
    ],
    [
      "-device isa-debugcon,chardev=a -device isa-debugcon,chardev=b,",
      "-device isa-debugcon,chardev=b,: an empty part",
    ],
    ["-device isa-serial", "-device isa-serial: chardev= is missing"],
    ["-serial tcp:1", '-serial tcp:1: "1" is no HOST:PORT'],
    [
      "-serial file:",
      "-serial file:: bytes can go to: stdio, null, none, file:PATH, pipe:PATH, tcp:HOST:PORT, " +
        "telnet:HOST:PORT, unix:PATH, udp:HOST:PORT, vc, ringbuf, chardev:ID, or mon: and one of them",
    ],
    [
      "-serial null -serial null -serial null -serial null -serial null",
      "-serial: a PC has 4 serial ports at most",
    ],
    ["-debugcon null -debugcon null", "-debugcon: there is a debug console already"],
    [
      "-global VGA.vgamem=8",
      "-global VGA.vgamem=8: there is no property VGA.vgamem; did you mean vgamem_mb?",
    ],
    ["-global VGA.mac=8", "-global VGA.mac=8: there is no property VGA.mac"],
    [
      "-device isa-debugcon,iobase=0x10000,chardev=d",
      "-device isa-debugcon,iobase=0x10000,chardev=d: " +
        'iobase=0x10000: "0x10000" is no I/O port (0 to 0xffff)',
    ],
    [
      "-chardev pty,id=x",
      "-chardev pty,id=x: Node has no pseudo terminals; socat makes one of a socket",
    ],
    [
      "-chardev null,id=x -chardev null,id=x",
      '-chardev null,id=x: there is a character device "x" already',
    ],
    ["-d cpu", '-d cpu: "cpu" is no log item; there are guest_errors and unimp'],
  ])("%s", (text, message) => {
    expect(errorOf(text)).toBe(`CliError: ${message}`);
  });
});

describe("help as an argument", () => {
  it.each([
    ["-cpu help", "qemu32"],
    ["-M help", "Supported machines are:"],
    ["-machine ?", "Supported machines are:"],
    ["-chardev help", "Available"],
    ["-d help", "guest_errors"],
    ["-vga help", "std"],
    ["-device help", "Controller/Bridge/Hub devices:"],
    ["-device VGA,help", "VGA: display adapter"],
    ["-device isa-serial,?", "isa-serial: serial port"],
    ["-accel help", "tcg"],
  ])("%s lists what there is", (text, first) => {
    const request = parseCommandLine(text.split(" "));
    expect(request.kind === "list" && request.lines[0]?.startsWith(first)).toBe(true);
  });

  it("is a value like any other where there is nothing to list", () => {
    expect(parse("-name help").name).toBe("help");
  });
});

describe("options without a meaning here", () => {
  it.each([
    ["-enable-kvm", "-enable-kvm: accepted without effect: there is no KVM"],
    ["-accel kvm", "accel=kvm: there is none here: the next one is taken"],
    ["-accel kvm -accel tcg -accel qtest", "accel=kvm: there is none here"],
    ["-machine pc,accel=kvm:tcg", "accel=kvm: there is none here"],
    ["-overcommit mem-lock=off", "-overcommit mem-lock=off: accepted without effect: memory is"],
    ["-machine pc,acpi=off", "-machine acpi=off: accepted without effect"],
  ])("%s is told of in a line", (text, start) => {
    const { notes } = parse(text);
    expect(notes.map((note) => note.startsWith(start))).toEqual([true]);
  });

  it.each(["-machine pc,acpi=on,vmport=off,usb=off,smm=auto", "-cpu max,apic-id=0,migratable=on"])(
    "%s asks for what there is",
    (text) => {
      expect(parse(text).notes).toEqual([]);
    },
  );
});

describe("what the machine is told", () => {
  it("is how to boot, who it is, and where firmware lies", () => {
    const line = parse("-boot once=d,order=c,reboot-timeout=15,splash-time=12 -no-fd-bootchk");
    expect(line.bootOrder).toBe("c");
    expect(parse("-boot strict=on").boot.strict).toBe(true);
    expect(line.boot).toEqual({
      once: "d",
      strict: false,
      rebootTimeoutMs: 15,
      splashTimeMs: 12,
      floppyCheck: false,
    });
    const uuid = "46648714-6B05-43CF-9BC9-F2B2B1F1C0A0";
    expect(parse(`-uuid ${uuid}`).uuid).toBe(uuid.toLowerCase());
    expect(parse("-L here -L there").dataDirectories).toEqual(["here", "there"]);
    expect(parse("-machine none --preconfig")).toMatchObject({ machine: "none", preconfig: true });
    expect(errorOf("-uuid 12")).toBe(
      "CliError: -uuid 12: failed to parse UUID string: wrong format",
    );
  });
});

describe("QEMU's options that are not here", () => {
  it("are none that is here", () => {
    const here = optionGroups.flatMap(({ options }) => options.flatMap(({ names }) => names));
    expect(qemuOnlyOptions.filter((name) => here.includes(name))).toEqual([]);
  });

  it("are, with those that are here, all that QEMU's help lists", (context) => {
    const { error, stdout } = spawnSync("qemu-system-i386", ["--help"], { encoding: "utf8" });
    context.skip(error !== undefined, "qemu-system-i386 is not installed");
    const heads = stdout.match(/^--?[\w-]+(?:(?:\/| or )-[\w-]+)*/gm) ?? [];
    const listed = heads
      .flatMap((head) => head.split(/\/| or /))
      .map((word) => word.replace(/^--?/, ""));
    const unknown = listed.filter((name) => {
      try {
        parseCommandLine([`-${name}`]);
        return false;
      } catch (failure) {
        return failure instanceof Error && failure.message.includes("invalid option");
      }
    });
    expect(listed.length).toBeGreaterThan(100);
    expect(unknown).toEqual([]);
  });
});

describe("the help", () => {
  it.each(["-h", "-help", "--help", "-m 64 --help"])("comes with %s", (text) => {
    expect(parseCommandLine(text.split(" "))).toEqual({ kind: "help" });
  });

  it("comes with the version next to it", () => {
    expect(parseCommandLine(["--version"])).toEqual({ kind: "version" });
  });

  it("lists every option, in lines that fit", () => {
    const lines = helpText().split("\n");
    for (const { options } of optionGroups) {
      for (const { names, argument, ours } of options) {
        const dash = ours === true ? "--" : "-";
        const head = names.map((name) => dash + name).join(", ");
        const line = argument === null ? `  ${head}` : `  ${head} ${argument}`;
        expect(lines).toContain(line);
      }
    }
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  it("has no option twice", () => {
    const names = optionGroups.flatMap(({ options }) => options.flatMap((option) => option.names));
    expect(new Set(names).size).toBe(names.length);
  });
});
