import { thrownBy } from "@mem/common";
import { describe, expect, it } from "vitest";
import { CpuOptionsError, type SegmentState } from "../src/index.js";
import { Guest } from "./guest.js";

const segment = (selector: number, base: number, limit: number, flags: number): SegmentState => ({
  selector,
  base,
  limit,
  flags,
});

/** The lines of x87 and SSE after a reset. */
const UNITS = `
FCW=037f FSW=0000 [ST=0] FTW=00 MXCSR=00001f80
FPR0=0000000000000000 0000 FPR1=0000000000000000 0000
FPR2=0000000000000000 0000 FPR3=0000000000000000 0000
FPR4=0000000000000000 0000 FPR5=0000000000000000 0000
FPR6=0000000000000000 0000 FPR7=0000000000000000 0000
XMM00=0000000000000000 0000000000000000 XMM01=0000000000000000 0000000000000000
XMM02=0000000000000000 0000000000000000 XMM03=0000000000000000 0000000000000000
XMM04=0000000000000000 0000000000000000 XMM05=0000000000000000 0000000000000000
XMM06=0000000000000000 0000000000000000 XMM07=0000000000000000 0000000000000000`;

describe("the register text", () => {
  it("is QEMU's after a reset", () => {
    const guest = new Guest([]);
    guest.cpu.reset();
    expect(guest.cpu.formatRegisters()).toBe(
      `EAX=00000000 EBX=00000000 ECX=00000000 EDX=00060fb1
ESI=00000000 EDI=00000000 EBP=00000000 ESP=00000000
EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
ES =0000 00000000 0000ffff 00009300
CS =f000 ffff0000 0000ffff 00009b00
SS =0000 00000000 0000ffff 00009300
DS =0000 00000000 0000ffff 00009300
FS =0000 00000000 0000ffff 00009300
GS =0000 00000000 0000ffff 00009300
LDT=0000 00000000 0000ffff 00008200
TR =0000 00000000 0000ffff 00008b00
GDT=     00000000 0000ffff
IDT=     00000000 0000ffff
CR0=60000010 CR2=00000000 CR3=00000000 CR4=00000000
DR0=00000000 DR1=00000000 DR2=00000000 DR3=00000000${" "}
DR6=ffff0ff0 DR7=00000400
EFER=0000000000000000${UNITS}`,
    );
  });

  it("shows registers of x87 and SSE", () => {
    // fld1; movd xmm3, eax; ldmxcsr [0x2000].
    const code = [0xd9, 0xe8, 0x66, 0x0f, 0x6e, 0xd8, 0x0f, 0xae, 0x15, 0, 0x20, 0, 0, 0xf4];
    const guest = new Guest(code).flat();
    guest.put(0x2000, [0xa0, 0x3f, 0, 0]);
    guest.cpu.setState({ cr4: 0x200, eax: 0x89abcdef });
    guest.run(5);
    const lines = guest.cpu.formatRegisters().split("\n");
    expect(lines).toContain("FCW=037f FSW=3800 [ST=7] FTW=80 MXCSR=00003fa0");
    expect(lines).toContain("FPR6=0000000000000000 0000 FPR7=8000000000000000 3fff");
    expect(lines.at(-3)).toMatch(/ XMM03=0{16} 0{8}89abcdef$/);
  });

  it("is QEMU's in protected mode, with what each segment is", () => {
    const guest = new Guest([]);
    guest.cpu.setState({
      ...{ eax: 1, ebx: 2, ecx: 3, edx: 4, ebp: 5, esi: 6, edi: 7, esp: 0x7000 },
      ...{ eip: 0xf00b1, eflags: 0xcd7, halted: true, cr0: 0x60000011, cr2: 0x89, cr3: 0, cr4: 0 },
      es: segment(0x20, 0, 0xffff, 0x9b00),
      cs: segment(8, 0, 0xffffffff, 0xcf9e00),
      ss: segment(0x10, 0, 0xffffffff, 0xcf9300),
      ds: segment(0x18, 0x1234, 0xffff, 0x9700),
      fs: segment(0x28, 0, 0xffffffff, 0xcf9100),
      gs: segment(0x43, 0, 0xffffffff, 0xcff300),
      ldtr: segment(0x38, 0x700, 7, 0x8200),
      tr: segment(0x30, 0x600, 0x67, 0x8900),
      gdtr: { base: 0x500, limit: 0x4f },
      idtr: { base: 0x456, limit: 0x123 },
      ...{ dr0: 0x12345678, dr1: 0, dr2: 0, dr3: 0x9abc, dr6: 0xffff0ff0, dr7: 0x400 },
    });
    // The monitor's own answer, of a guest that loaded just this.
    expect(guest.cpu.formatRegisters()).toBe(
      `EAX=00000001 EBX=00000002 ECX=00000003 EDX=00000004
ESI=00000006 EDI=00000007 EBP=00000005 ESP=00007000
EIP=000f00b1 EFL=00000cd7 [DOSZAPC] CPL=0 II=0 A20=1 SMM=0 HLT=1
ES =0020 00000000 0000ffff 00009b00 DPL=0 CS16 [-RA]
CS =0008 00000000 ffffffff 00cf9e00 DPL=0 CS32 [CR-]
SS =0010 00000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
DS =0018 00001234 0000ffff 00009700 DPL=0 DS16 [EWA]
FS =0028 00000000 ffffffff 00cf9100 DPL=0 DS   [--A]
GS =0043 00000000 ffffffff 00cff300 DPL=3 DS   [-WA]
LDT=0038 00000700 00000007 00008200 DPL=0 LDT
TR =0030 00000600 00000067 00008900 DPL=0 TSS32-avl
GDT=     00000500 0000004f
IDT=     00000456 00000123
CR0=60000011 CR2=00000089 CR3=00000000 CR4=00000000
DR0=12345678 DR1=00000000 DR2=00000000 DR3=00009abc${" "}
DR6=ffff0ff0 DR7=00000400
EFER=0000000000000000${UNITS}`,
    );
  });

  it("shows A20, the shadow of STI, and system management mode", () => {
    // sti; hlt
    const guest = new Guest([0xfb, 0xf4]);
    guest.cpu.setA20(false);
    guest.cpu.run(1);
    expect(guest.cpu.formatRegisters()).toContain("II=1 A20=0 SMM=0 HLT=0");
    guest.cpu.run(1);
    expect(guest.cpu.formatRegisters()).toContain("II=0 A20=0 SMM=0 HLT=1");
    guest.cpu.raiseSmi();
    guest.put(0x38000, [0xf4]);
    guest.cpu.setA20(true);
    guest.cpu.run(1);
    expect(guest.cpu.formatRegisters()).toContain("II=0 A20=1 SMM=1 HLT=1");
  });
});

describe("registers that are set", () => {
  const set = (part: unknown) => () => new Guest([]).cpu.setState(part as never);

  it.each([
    [{ eaz: 1 }, "option-unknown", /"eaz"; did you mean "eax"/],
    [{ rax: 1n }, "option-unknown", /"rax"/],
    [{ eax: 5n }, "option-kind", /"eax" is 5n/],
    [{ eip: "0x100" }, "option-kind", /"eip" is "0x100"/],
    [{ cs: 8 }, "option-kind", /"cs" is 8/],
    [{ halted: 1 }, "option-kind", /"halted" is 1/],
    [null, "options-object", /cpu\.setState/],
  ])("are registers that there are: %o", (part, rule, message) => {
    const thrown = thrownBy(set(part));
    expect(thrown).toBeInstanceOf(CpuOptionsError);
    expect(thrown).toMatchObject({ rule });
    expect(String(thrown)).toMatch(message);
  });

  it("are those of a state that was read", () => {
    const { cpu } = new Guest([]);
    cpu.setState({ eax: 7 });
    const state = cpu.state();
    cpu.setState({ eax: 8 });
    cpu.setState(JSON.parse(JSON.stringify(state)) as typeof state);
    expect(cpu.state()).toEqual(state);
  });
});
