/** The gdb stub, packet by packet. */
import { DeliveryMode, DestinationMode, TriggerMode } from "@mem/x86";
import { afterEach, describe, expect, it } from "vitest";

import { Random } from "@mem/common";
import { DebuggedMachine, Wire } from "./debugged-machine.js";

const machines: DebuggedMachine[] = [];

function debugged(cpus = 1): { readonly wire: Wire; readonly machine: DebuggedMachine } {
  const wire = new Wire();
  const machine = new DebuggedMachine(wire, "interp", cpus);
  machines.push(machine);
  return { wire, machine };
}

/** Let the machine run until it has stopped and said so. */
async function stopReply({ wire, machine }: ReturnType<typeof debugged>): Promise<string> {
  const run = machine.session.run();
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (machine.session.runState !== "running") break;
  }
  const answer = wire.answer();
  machine.session.quit();
  await run;
  wire.take();
  return answer;
}

afterEach(() => {
  for (const { pc } of machines.splice(0)) pc.dispose();
});

describe("the protocol", () => {
  it("acknowledges packets until it is told not to, and sends again what got lost", () => {
    const { wire } = debugged();
    wire.raw("$qAttached#8f");
    expect(wire.take()).toBe("$1#31");
    wire.raw("-");
    expect(wire.take()).toBe("$1#31");
    wire.raw("+$qAttached#00");
    expect(wire.take()).toBe("-");
    expect(wire.ask("QStartNoAckMode")).toBe("OK");
    wire.raw("$qAttached#8f");
    expect(wire.take()).toBe("$1#31");
  });

  it("answers what it does not know with an empty packet, and nonsense with an error", () => {
    const { wire } = debugged();
    for (const packet of [
      "",
      "!x",
      "qUnknown",
      "vMustReplyEmpty",
      "b",
      "Z9,0,0",
      "QPassSignals:",
    ]) {
      expect(wire.ask(packet), packet).toBe("");
    }
    for (const packet of [
      "m",
      "m0",
      "mzz,4",
      "M0,2:00",
      "X0,9:a",
      "Hq1",
      "Z0,zz,1",
      "T9",
      "z0,1,1",
    ]) {
      expect(wire.ask(packet), packet).toBe("E22");
    }
    expect(wire.ask("pffff")).toBe("E14");
    expect(wire.ask("P0=12")).toBe("E14");
  });

  it("stays whole whatever comes", () => {
    const { wire } = debugged();
    const random = new Random(7);
    const letters = "$#+-\x03}*?gGpPmMXZzcsvHTqQDk0123456789abcdef,;:=";
    for (let k = 0; k < 20_000; k++) {
      const packet = Array.from(
        { length: random.below(24) },
        () => letters[random.below(letters.length)],
      );
      if (random.below(2) === 0) wire.send(packet.join(""));
      else wire.raw(packet.join(""));
    }
    wire.raw("$#00++");
    wire.take();
    expect(wire.ask("qAttached")).toBe("1");
  });
});

describe("registers and memory", () => {
  it("describes the registers that it sends", () => {
    const { wire } = debugged();
    const [mark, ...xml] = wire.ask("qXfer:features:read:target.xml:0,fff");
    expect(mark).toBe("m");
    const rest = wire.ask("qXfer:features:read:target.xml:fff,4000");
    expect(rest[0]).toBe("l");
    const sizes = `${xml.join("")}${rest.slice(1)}`.matchAll(/<reg name="[^"]+" bitsize="(\d+)"/g);
    const digits = [...sizes].reduce((sum, [, bits]) => sum + Number(bits) / 4, 0);
    expect(wire.ask("g")).toHaveLength(digits);
  });

  it("reads and writes registers", () => {
    const { wire, machine } = debugged();
    expect(wire.ask("p8")).toBe("007c0000");
    expect(wire.ask("P0=78563412")).toBe("OK");
    expect(wire.ask("p0")).toBe("78563412");
    const all = wire.ask("g");
    expect(wire.ask(`G${all.replace("78563412", "21436587")}`)).toBe("OK");
    expect((machine.pc.cpu.state() as { eax?: number }).eax).toBe(0x87654321);
  });

  it("reads and writes memory, ROM too", () => {
    const { wire } = debugged();
    expect(wire.ask("m7c00,4")).toBe("31c08ed8");
    expect(wire.ask("M600,2:beef")).toBe("OK");
    expect(wire.ask("X602,2:a}\x03")).toBe("OK");
    expect(wire.ask("m600,4")).toBe("beef6123");
    expect(wire.ask("Mfffffff0,1:cc")).toBe("OK");
    expect(wire.ask("mfffffff0,1")).toBe("cc");
  });

  it("takes addresses for physical ones where it is told to", () => {
    const { wire } = debugged();
    expect(wire.ask("qqemu.PhyMemMode")).toBe("0");
    expect(wire.ask("Qqemu.PhyMemMode:1")).toBe("OK");
    expect(wire.ask("qqemu.PhyMemMode")).toBe("1");
    expect(wire.ask("m7c00,2")).toBe("31c0");
    expect(wire.ask("Qqemu.PhyMemMode:2")).toBe("E22");
  });

  it("runs commands of the monitor", () => {
    const { wire } = debugged();
    const hex = wire.ask(`qRcmd,${Buffer.from("info status").toString("hex")}`);
    expect(Buffer.from(hex, "hex").toString()).toBe("VM status: paused (prelaunch)\n");
  });
});

describe("running and stopping", () => {
  it("steps an instruction", () => {
    const { wire } = debugged();
    expect(wire.ask("s")).toBe("T05thread:01;");
    expect(wire.ask("p8")).toBe("027c0000");
    expect(wire.ask("vCont;s:1;c")).toBe("T05thread:01;");
    expect(wire.ask("p8")).toBe("047c0000");
    expect(wire.ask("s7c3b")).toBe("T05thread:01;");
    expect(wire.ask("p8")).toBe("3d7c0000");
  });

  it("stops at breakpoints, watchpoints and Ctrl-C", async () => {
    const rig = debugged();
    const { wire, machine } = rig;
    expect(wire.ask("Z0,7c0c,1")).toBe("OK");
    wire.send("c");
    expect(await stopReply(rig)).toBe("T05thread:01;");
    expect(wire.ask("p8")).toBe("0c7c0000");
    expect(machine.session.status).toBe("paused (debug)");
  });

  it("tells which watchpoint it was", async () => {
    const rig = debugged();
    expect(rig.wire.ask("Z2,600,2")).toBe("OK");
    rig.wire.send("vCont;c");
    expect(await stopReply(rig)).toBe("T05thread:01;watch:600;");
    expect(rig.wire.ask("p8")).toBe("107c0000");
  });

  it("tells a stop that somebody else asked for from one of its own", async () => {
    const rig = debugged();
    rig.wire.send("c");
    setImmediate(() => rig.wire.raw("\x03"));
    expect(await stopReply(rig)).toBe("T02thread:01;");
  });

  it("stops at any processor, a thread each, and steps it with its own APIC", async () => {
    const rig = debugged(2);
    const { wire, machine } = rig;
    const { apics, all } = machine.pc.board.processors;
    // mov eax, [0x20]; jmp to itself
    machine.pc.memory.write(0x8000, Uint8Array.of(0x66, 0xa1, 0x20, 0x00, 0xeb, 0xfe));
    apics.deliver(1, DestinationMode.PHYSICAL, DeliveryMode.START_UP, 8, TriggerMode.EDGE);
    expect(wire.ask("qfThreadInfo")).toBe("m1,2");
    expect(wire.ask("Z0,8000,1")).toBe("OK");
    wire.send("vCont;c");
    expect(await stopReply(rig)).toBe("T05thread:02;");
    expect(wire.ask("qC")).toBe("QC02");
    expect(all[1]?.debugger?.write("ds_base", 0xfee00000n)).toBe(true);
    expect(wire.ask("vCont;s:2")).toBe("T05thread:02;");
    expect(wire.ask("p0")).toBe("00000001");
    expect(wire.ask("Hg1")).toBe("OK");
    expect(wire.ask("qC")).toBe("QC01");
  });

  it("detaches, and leaves no breakpoint behind", () => {
    const { wire, machine } = debugged();
    wire.ask("Z0,7c0c,1");
    expect(wire.ask("D")).toBe("OK");
    expect(machine.session.runState).toBe("running");
    machine.pc.step(1000);
    expect(machine.pc.cpu.instructionCount).toBeGreaterThan(900);
  });
});
