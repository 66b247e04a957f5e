import { attrsOf } from "../attributes.js";
import { hex, hexBytes } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { narrowAddress } from "./access.js";
import { silent, type OpTable } from "./handler.js";

/** How many bytes of a fresh mapping its result shows. */
const SHOWN = 64;

/** The "Access" table: direct and bounced mappings, and who waits for room. */
export const mapOps: OpTable = {
  map: (harness, op) => map(harness, op),
  map_read: (harness, op) => {
    const start = op.integer("off");
    const { bytes } = harness.maps.get(op.text("id"));
    return { data: hexBytes(bytes.subarray(start, start + op.integer("len"))) };
  },
  map_write: silent((harness, op) => {
    harness.maps.get(op.text("id")).bytes.set(op.bytes("data"), op.integer("off"));
  }),
  unmap: silent((harness, op) => {
    const mapping = harness.maps.take(op.text("id"));
    mapping.unmap(op.has("access_len") ? op.integer("access_len") : undefined);
  }),
  map_client: silent((harness, op) => {
    const id = op.text("id");
    const space = harness.spaces.get(op.text("as"));
    const registration = space.addMapClient(() => {
      harness.mapClientFired(id);
    });
    harness.mapClients.add(id, registration);
  }),
  map_client_del: silent((harness, op) => {
    harness.mapClients.take(op.text("id"))[Symbol.dispose]();
  }),
};

function map(harness: Harness, op: OpFields): Json {
  const space = harness.spaces.get(op.text("as"));
  const mapping = space.map(narrowAddress(op.address("addr")), op.address("len"), {
    isWrite: op.flag("write"),
    attrs: attrsOf(op),
  });
  if (mapping === null) return { null: true, len: "0x0" };
  harness.maps.add(op.text("id"), mapping);
  return {
    len: hex(mapping.length),
    bounce: mapping.isBounce,
    data: hexBytes(mapping.bytes.subarray(0, Math.min(SHOWN, mapping.length))),
  };
}
