/** Registers of a processor as a device sees them that an instruction reaches. */
import type { GuestRegisters } from "../../device/context.js";
import type { PcCpu } from "./cpu.js";

/** Those of `cpu`, `null` where it does not show them. */
export function guestRegisters(cpu: PcCpu): GuestRegisters | null {
  const { debugger: registers } = cpu;
  if (registers === undefined) return null;
  return {
    read: (name) => Number(BigInt.asUintN(32, registers.read(name) ?? 0n)),
    write: (name, value) => {
      const bits = BigInt.asUintN(32, BigInt(value));
      // In long mode the whole register has a name of its own.
      const whole = `r${name.slice(1)}`;
      registers.write(registers.read(whole) === undefined ? name : whole, bits);
      // Code that was translated keeps registers to itself, unless it is left.
      cpu.requestStop();
    },
  };
}
