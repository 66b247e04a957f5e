/** Every command of QMP, by subject. */
import type { QmpCommand } from "../command.js";
import { absentCommands } from "./absent.js";
import { balloonCommands } from "./balloon.js";
import { blockCommands } from "./back-ends/block.js";
import { characterCommands } from "./back-ends/characters.js";
import { commandLineCommands } from "./command-line-options.js";
import { cpuModelCommands } from "./cpu-models.js";
import { dumpCommands } from "./dump.js";
import { hostCommands } from "./host.js";
import { humanCommands } from "./human.js";
import { inputCommands } from "./back-ends/input.js";
import { jobCommands } from "./jobs.js";
import { migrationCommands } from "../jobs/migration.js";
import { machineQueries } from "./machine.js";
import { memoryCommands } from "./memory.js";
import { networkCommands } from "./back-ends/network.js";
import { objectCommands } from "./objects.js";
import { runCommands } from "./run.js";
import { vncCommands } from "./back-ends/vnc.js";

export { versionOf } from "./run.js";

/** The commands. */
export const qmpCommands: readonly QmpCommand[] = [
  ...runCommands,
  ...machineQueries,
  ...objectCommands,
  ...memoryCommands,
  ...balloonCommands,
  ...dumpCommands,
  ...hostCommands,
  ...characterCommands,
  ...commandLineCommands,
  ...cpuModelCommands,
  ...blockCommands,
  ...inputCommands,
  ...networkCommands,
  ...vncCommands,
  ...humanCommands,
  ...jobCommands,
  ...migrationCommands,
  ...absentCommands,
];
