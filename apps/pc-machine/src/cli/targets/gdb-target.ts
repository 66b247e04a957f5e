/** The machine as the gdb stub reaches it. */
import { MemTxResult, untraced } from "@mem/flat";

import type { PcCpu } from "../../board/index.js";
import type { PcBoard } from "../../board/pc-board.js";
import { physicalAddress } from "../../board/memory/linear-memory.js";
import type { GdbCpu, GdbPause, GdbTarget } from "../../gdbstub/target.js";
import { Monitor } from "../../monitor/monitor.js";
import type { Session } from "../run/session.js";

/** Processor `number` of a machine, `null` of one that cannot be debugged. */
function gdbCpu(board: PcBoard, cpu: PcCpu, number: number): GdbCpu | null {
  const debug = cpu.debugger;
  if (debug === undefined) return null;
  return {
    get onStop() {
      return debug.onStop;
    },
    set onStop(listener) {
      debug.onStop = listener;
    },
    read: (name) => debug.read(name),
    write: (name, value) => debug.write(name, value),
    setBreakpoints: (addresses) => debug.setBreakpoints(addresses),
    setWatchpoints: (watchpoints) => debug.setWatchpoints(watchpoints),
    step: () => board.processors.step(number),
    translate: (linear) => physicalAddress(cpu, linear),
    get description() {
      return `CPU#${number} [${cpu.halted ? "halted" : "running"}]`;
    },
  };
}

function pauseOf(session: Session): GdbPause {
  const { runState } = session;
  return runState === "debug" || runState === "shutdown" ? runState : "paused";
}

/** Put together what the stub reaches, `null` where the processor cannot be debugged. */
export function gdbTarget(session: Session): GdbTarget | null {
  const { pc } = session;
  const { board } = pc;
  if (board === null) return null;
  const cpus = board.processors.all.flatMap((cpu, number) => gdbCpu(board, cpu, number) ?? []);
  if (cpus.length === 0) return null;
  let printed = "";
  const monitor = new Monitor(session, (text) => (printed += text));
  return {
    cpus,
    get running() {
      return session.runState === "running";
    },
    stop: (reason) => session.stop(reason),
    cont: () => session.cont(),
    stepped: () => session.serve(),
    quit: () => session.quit("host-signal"),
    monitor: (line) => {
      printed = "";
      monitor.execute(line);
      return printed;
    },
    readPhysical: (address, into) =>
      untraced(pc.machine, () => pc.memory.read(address, into)) === MemTxResult.OK,
    writePhysical: (address, from) => {
      untraced(pc.machine, () => pc.memory.writeRom(address, from));
      return true;
    },
    observe: (listener) =>
      session.observe((event) => {
        if (event === "STOP") listener("stopped", pauseOf(session));
        else if (event === "RESUME") listener("running", pauseOf(session));
        else if (event === "SHUTDOWN") listener("exit", pauseOf(session));
      }),
  };
}
