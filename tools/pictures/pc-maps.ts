/** Our PC's memory where firmware lies, before and after that has copied itself into RAM. */
import { PcMachine } from "../../apps/pc-machine/src/board/index.js";
import { runFirmware } from "../../apps/pc-machine/src/cli/run/firmware-run.js";
import { embeddedFirmware } from "../../apps/pc-machine/src/firmware/embedded.js";
import { NullBackend } from "../../apps/pc-machine/src/host/chardev.js";
import { InstructionClock } from "../../apps/pc-machine/src/host/instruction-clock.js";

/** A PC of 64 MiB that was switched on, and has not run yet. */
export function freshPc(): PcMachine {
  return new PcMachine({
    ramSize: 64 * 2 ** 20,
    bios: embeddedFirmware(),
    serial: [new NullBackend()],
    clock: new InstructionClock(),
    startTimeMs: 0,
  });
}

/** The same once its firmware waits at its prompt. */
export function bootedPc(): PcMachine {
  const pc = freshPc();
  runFirmware(pc, { kind: "until-idle" });
  return pc;
}
