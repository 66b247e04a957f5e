/** The monitor's commands on ports, keys, the mouse, objects and character devices. */
import { describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/index.js";
import type { PcOptions } from "../../src/board/options/options.js";
import { CharacterDevices } from "../../src/chardev/character-devices.js";
import { RingBuffer } from "../../src/chardev/ring-buffer.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import type { MonitorTarget } from "../../src/monitor/target.js";
import { Monitor } from "../../src/monitor/monitor.js";

function rig(
  options: Partial<PcOptions> = {},
  more: Partial<MonitorTarget> = {},
): {
  pc: PcMachine;
  characters: CharacterDevices;
  run(line: string): string;
  presses: number;
} {
  const clock = new InstructionClock();
  const pc = new PcMachine({
    ramSize: 2 ** 24,
    bios: embeddedFirmware(),
    vga: false,
    clock,
    ...options,
  });
  const characters = new CharacterDevices();
  let printed = "";
  const counts = { presses: 0 };
  const monitor = new Monitor(
    {
      pc,
      characters,
      name: null,
      status: "running",
      stop: () => undefined,
      cont: () => undefined,
      reset: () => undefined,
      quit: () => undefined,
      powerDown: () => counts.presses++,
      ...more,
    },
    (text) => (printed += text),
  );
  return {
    pc,
    characters,
    get presses() {
      return counts.presses;
    },
    run: (line) => {
      printed = "";
      monitor.execute(line);
      return printed;
    },
  };
}

describe("info jit", () => {
  it("tells that guest code is interpreted", () => {
    expect(rig().run("info jit")).toBe("guest code is interpreted\n");
  });

  it("lists units, those that ran most often first, and of one the instructions and what became of them", () => {
    const { pc, run } = rig({ accel: "jit", jit: { countRuns: true } });
    pc.step(3_000_000);
    const text = run("info jit");
    const runs = [...text.matchAll(/^ {2}0x[0-9a-f]{8} .*, (\d+) runs/gm)].map(([, n]) =>
      Number(n),
    );
    expect(runs.length).toBeGreaterThan(3);
    expect(runs).toEqual(runs.toSorted((one, other) => other - one));
    expect(Number(/entries from the processor's loop +(\d+)/.exec(text)?.[1])).toBeGreaterThan(10);
    const [, first = ""] = /^ {2}(0x[0-9a-f]{8}) /m.exec(text) ?? [];
    const listing = run(`info jit ${first}`);
    // A unit whose loop begins before its entry has instructions at lower addresses, too.
    const addresses = [...listing.matchAll(/^(0x[0-9a-f]+): {2}/gm)].map(([, at]) => Number(at));
    expect(addresses).toContain(Number(first));
    expect(addresses).toEqual(addresses.toSorted((one, other) => one - other));
    expect(listing).toMatch(/\n\n(.|\n)*i32\.const/);
    expect(run("info jit 1")).toMatch(/^jit: no unit begins at this address/);
    expect(run("info jit 0 1")).toMatch(/^jit: extraneous characters/);
  });
});

describe("ports", () => {
  it("are read and written in the format's size, as QEMU shows them", () => {
    const { run } = rig();
    expect(run("o /b 0x21 0x5a")).toBe("");
    expect(run("i /b 0x21")).toBe("portb[0x0021] = 0x5a\n");
    expect(run("i/x 0x21")).toBe("portb[0x0021] = 0x5a\n");
    expect(run("o /w 0xcf8 0x80000000")).toBe("");
    expect(run("i /w 0xcfc")).toBe("portl[0x0cfc] = 0x12378086\n");
    expect(run("i /h 0xcfc")).toBe("portw[0x0cfc] = 0x8086\n");
    expect(run("i /l 1")).toMatch(/^invalid char in format: 'l'\nTry "help i"/);
    expect(run("i")).toMatch(/^unexpected end of expression\n/);
    expect(run("o 0x80")).toMatch(/^unexpected end of expression\n/);
    expect(run("i 1 2")).toMatch(/^i: extraneous characters/);
  });
});

describe("memory", () => {
  it("has a checksum, and addresses a place", () => {
    const { run, pc } = rig();
    expect(run("sum 0 4096")).toBe("00000\n");
    pc.memory.write(0x1000, Uint8Array.of(1, 2, 3));
    // ((1 >> 1 | 1 << 15) + 2), rotated once more, + 3.
    expect(run("sum 0x1000 3")).toBe("16388\n");
    expect(run("gva2gpa 0x1234")).toBe("gpa: 0x1234\n");
    expect(run("info mem")).toBe("PG disabled\n");
    expect(run("info memory_size_summary")).toBe("base memory: 16777216\nplugged memory: 0\n");
    expect(run("info ramblock")).toContain(
      "                  pc.ram    4 KiB  0x0000000000000000 0x0000000001000000 0x0000000001000000\n",
    );
  });
});

describe("keys and the mouse", () => {
  it("reach the guest's controller", () => {
    const { run } = rig();
    expect(run("sendkey ctrl-alt-delete")).toBe("");
    const bytes: string[] = [];
    for (let n = 0; n < 40 && /= 0x.[13579bdf]\n$/.test(run("i /b 0x64")); n++) {
      bytes.push(run("i /b 0x60").slice(-3, -1));
    }
    expect(bytes.length).toBeGreaterThan(0);
    expect(run("sendkey zzz")).toBe("invalid parameter: zzz\n");
    expect(run("sendkey")).toBe(
      'sendkey: string expected\nTry "help sendkey" for more information\n',
    );
    expect(run("sendkey a 100")).toBe("");
    expect(run("sendkey a b")).toMatch(/^sendkey: extraneous/);
    expect([run("mouse_move 3 4"), run("mouse_button 1")]).toEqual(["", ""]);
    expect(run("mouse_move a")).toMatch(/^mouse_move: /);
    expect(run("info mice")).toContain("QEMU PS/2 Mouse");
  });

  it("the power button is pressed", () => {
    const one = rig();
    expect([one.run("system_powerdown"), one.presses]).toEqual(["", 1]);
    expect(one.run("system_wakeup")).toBe(
      "Error: Unable to wake up: guest is not in suspended state\n",
    );
  });
});

describe("objects and character devices", () => {
  it("are shown and set", () => {
    const { run } = rig();
    expect(run("qom-list /")).toContain("type (string)\n");
    expect(run("qom-list /nope")).toBe("Error: Device '/nope' not found\n");
    expect(run("qom-get /machine/i440fx type")).toBe('"i440FX-pcihost"\n');
    expect(run("qom-get /nope type")).toBe("Error: Device '/nope' not found\n");
    expect(run("qom-get /machine/i440fx nope")).toBe(
      "Error: Property 'i440FX-pcihost.nope' not found\n",
    );
    expect(run("qom-set /nope type x")).toBe("Error: Device '/nope' not found\n");
    expect(run("qom-set /machine/i440fx type x")).toMatch(/^Error: /);
  });

  it("a processor is chosen, and what there is none of is told of", () => {
    const { run } = rig();
    expect(run("cpu 0")).toBe("");
    expect(run("cpu 1")).toBe("invalid CPU index\n");
    expect(run("cpu x")).toMatch(/^cpu: integer expected\n/);
    expect(run("info cpus")).toBe("* CPU #0: thread_id=0\n");
    expect(run("info sev")).toBe("SEV is not enabled\n");
    expect(run("info capture")).toBe("");
  });

  it("a ring is read, written and removed", () => {
    const { run, characters } = rig();
    characters.add("r", new RingBuffer(64));
    expect(run("info chardev")).toBe("r: filename=ringbuf\n");
    expect(run("ringbuf_write r a \\ b")).toBe("");
    expect(run("ringbuf_read r 99")).toBe("a \\u005C b\n");
    expect(run("ringbuf_read x 5")).toBe("Error: Device 'x' not found\n");
    expect(run("chardev-remove x")).toBe("Error: Chardev 'x' not found\n");
    expect([run("chardev-remove r"), run("info chardev")]).toEqual(["", ""]);
  });

  it("memory is saved to files, as its addresses say", () => {
    const saved: [string, string][] = [];
    const writeFile = (path: string, parts: Iterable<Uint8Array>): string | null => {
      if (path === "/full") return "no space left on device";
      saved.push([path, Buffer.concat([...parts]).toString("hex")]);
      return null;
    };
    const { run, pc } = rig({}, { writeFile });
    pc.memory.write(0x1000, Uint8Array.of(1, 2, 3));
    expect([run("pmemsave 0x1000 3 /a"), run('memsave 0x1000+1 2 "/b c"')]).toEqual(["", ""]);
    expect(saved).toEqual([
      ["/a", "010203"],
      ["/b c", "0203"],
    ]);
    expect(run("pmemsave 0x1000 1 /full")).toBe(
      "Error: Could not open '/full': no space left on device\n",
    );
    expect(run("pmemsave 0x1000 1")).toContain("pmemsave: string expected");
  });

  it("the order of boot devices is set", () => {
    const { run, pc } = rig();
    expect(run("boot_set dc")).toBe("boot device list now set to dc\n");
    pc.io.store(0x70, 1, 0x3d);
    expect(pc.io.load(0x71, 1)).toBe(0x23);
    expect(run("boot_set xyz")).toContain("Error: Invalid boot device");
  });

  it("what there is none of is told in QEMU's words", () => {
    const { run } = rig();
    expect(["usb", "network", "vnc", "numa"].map((name) => run(`info ${name}`))).toEqual([
      "Error: USB support not enabled\n",
      "",
      "None\n",
      "0 nodes\n",
    ]);
  });

  it("lines of before are shown", () => {
    const { run } = rig();
    run("info status");
    expect(run("info history")).toBe("0: 'info status'\n1: 'info history'\n");
    expect(run("info uuid")).toBe("00000000-0000-0000-0000-000000000000\n");
    expect(run("info cpus")).toMatch(/^\* CPU #0: /);
  });
});
