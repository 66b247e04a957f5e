import { MemoryRegionCache } from "@mem/ldst";
import { hex } from "../format-number.js";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { Json } from "../script.js";
import { loadWord, storeWord } from "../word-access.js";
import { narrowAddress, readBytes } from "./access.js";
import { silent, type OpTable } from "./handler.js";

const cache = (harness: Harness, op: OpFields) => harness.caches.get(op.text("id"));

/** The "Access" table: cached access to one piece of an address space. */
export const cacheOps: OpTable = {
  cache: (harness, op) => create(harness, op),
  cache_read: (harness, op) =>
    readBytes(op, (into) => cache(harness, op).read(op.integer("off"), into)),
  cache_write: (harness, op) => ({
    res: cache(harness, op).write(op.integer("off"), op.bytes("data")),
  }),
  cache_ld: (harness, op) => loadWord(cache(harness, op), op.integer("off"), op),
  cache_st: (harness, op) => storeWord(cache(harness, op), op.integer("off"), op),
  cache_invalidate: silent((harness, op) => {
    cache(harness, op).invalidate(op.integer("off"), op.integer("len"));
  }),
  cache_destroy: silent((harness, op) => {
    harness.caches.take(op.text("id")).destroy();
  }),
};

function create(harness: Harness, op: OpFields): Json {
  const space = harness.spaces.get(op.text("as"));
  const created = new MemoryRegionCache(
    space,
    narrowAddress(op.address("addr")),
    op.address("len"),
    op.flag("write"),
  );
  harness.caches.add(op.text("id"), created);
  return {
    len: hex(created.length),
    direct: created.isDirect,
    mr: harness.regionId(created.region),
  };
}
