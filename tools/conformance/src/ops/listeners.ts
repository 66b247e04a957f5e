import { ScriptedListener } from "../devices/scripted-listener.js";
import { silent, type OpTable } from "./handler.js";

/** The "Listeners" section. */
export const listenerOps: OpTable = {
  listener: silent((harness, op) => {
    const space = harness.spaces.get(op.text("as"));
    harness.listeners.add(op.text("id"), new ScriptedListener(harness, op)).listen(space);
  }),
  unlisten: silent((harness, op) => {
    harness.listeners.get(op.text("id")).unlisten();
  }),
  relisten: silent((harness, op) => {
    harness.listeners.get(op.text("id")).listen(harness.spaces.get(op.text("as")));
  }),
};
