/** Commands on the balloon in the guest's memory. */
import { askForMemory, memoryLeft } from "../../devices/virtio/index.js";
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";

function noBalloon(): QmpError {
  return new QmpError("No balloon device has been activated", { errorClass: "DeviceNotActive" });
}

/** The commands. */
export const balloonCommands = [
  command({
    name: "balloon",
    members: { value: qmp.int },
    returns: EMPTY,
    run: ({ pc }, { value }) => {
      if (memoryLeft(pc) === null) throw noBalloon();
      if (value <= 0) throw new QmpError("Parameter 'target' expects a size");
      askForMemory(pc, value);
      return {};
    },
  }),
  command({
    name: "query-balloon",
    members: {},
    returns: qmp.object({ actual: qmp.int }),
    run: ({ pc }) => {
      const actual = memoryLeft(pc);
      if (actual === null) throw noBalloon();
      return { actual };
    },
  }),
];
