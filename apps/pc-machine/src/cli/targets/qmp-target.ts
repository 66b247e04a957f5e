/** The machine as QMP's commands reach it. */
import type { BlockGraph } from "../../block/block-graph.js";
import type { CharacterDevices } from "../../chardev/character-devices.js";
import { Monitor } from "../../monitor/monitor.js";
import { qmpCommands } from "../../qmp/commands/index.js";
import { Jobs } from "../../qmp/jobs/jobs.js";
import { MigrationSettings } from "../../qmp/jobs/migration-settings.js";
import { QmpError } from "../../qmp/qmp-error.js";
import type { QmpTarget } from "../../qmp/target.js";
import { VncServers } from "../../vnc/vnc-list.js";
import type { Session } from "../run/session.js";
import { VERSION } from "../version.js";
import { writeParts } from "../write-parts.js";

/** Put together what the commands reach. */
export function qmpTarget(parts: {
  readonly session: Session;
  readonly characters: CharacterDevices;
  readonly blocks: BlockGraph;
  emit(event: string, data?: Readonly<Record<string, unknown>>): void;
}): QmpTarget {
  const { session, characters, blocks, emit } = parts;
  const { pc, name, uuid, actions } = session;
  // What one command sets, such as the size of `x`, holds for the next; what comes later is dropped.
  let listening = false;
  let text = "";
  const monitor = new Monitor(session, (printed) => {
    if (listening) text += printed;
  });
  return {
    pc,
    name,
    uuid,
    get preconfig() {
      return session.preconfig;
    },
    // The command is answered first.
    exitPreconfig: () => queueMicrotask(() => session.exitPreconfig()),
    get runState() {
      return session.runState;
    },
    actions,
    characters,
    blocks,
    networks: session.networks,
    vnc: session.vnc ?? new VncServers(),
    objects: session.objects,
    dumps: session.dumps,
    jobs: new Jobs(emit),
    migration: new MigrationSettings(),
    version: VERSION,
    commands: qmpCommands,
    stop: () => session.stop(),
    cont: () => session.cont(),
    // The command is answered before what it brings about is told.
    reset: (cause) => queueMicrotask(() => session.reset(cause)),
    quit: (cause) => queueMicrotask(() => session.quit(cause)),
    powerDown: () => queueMicrotask(() => session.powerDown()),
    emit,
    monitor: (line) => {
      text = "";
      listening = true;
      try {
        monitor.execute(line);
      } finally {
        listening = false;
      }
      return text;
    },
    writeFile: (path, parts) => {
      const trouble = writeParts(path, parts);
      if (trouble !== null) throw new QmpError(`Could not open '${path}': ${trouble}`);
    },
  };
}
