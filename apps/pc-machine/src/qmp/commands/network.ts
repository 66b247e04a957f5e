/** Commands about networks. */
import { networkCards } from "../../monitor/text/network-text.js";
import { command, type QmpCommand } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { qmp } from "../schema.js";

/** The commands. */
export const networkCommands: readonly QmpCommand[] = [
  command({
    name: "query-rx-filter",
    members: { name: qmp.optional(qmp.str) },
    returns: qmp.array(qmp.any),
    // The cards that there are do not tell, as QEMU's e1000 does not.
    run: ({ pc }, { name }) => {
      if (name === undefined) return [];
      const isCard = networkCards(pc.devices).some((card) => card.name === name);
      throw new QmpError(
        isCard
          ? `net client(${name}) doesn't support rx-filter querying`
          : `invalid net client name: ${name}`,
      );
    },
  }),
];
