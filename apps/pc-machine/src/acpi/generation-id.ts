/** SSDT: where the generation ID of the machine is, and the event that tells of a new one. */
import {
  GENERATION_ADDRESS_FILE,
  GENERATION_ID_FILE,
  GENERATION_ID_OFFSET,
} from "../devices/vmgenid/index.js";
import { integer } from "./aml/encode.js";
import {
  add,
  device,
  equal,
  index,
  local,
  method,
  name,
  notify,
  pack,
  ref,
  ret,
  scope,
  store,
  text,
  when,
} from "./aml/terms.js";
import { LoaderZone, type LoaderScript } from "./loader.js";
import { table, TABLE_HEADER_BYTES } from "./table.js";

const PAGE = 4096;
/** `Name (VGIA,` and the prefix of four bytes. */
const POINTER_OFFSET = TABLE_HEADER_BYTES + 6;
const FOUR_BYTES = [0x0c, 0, 0, 0, 0];
const PRESENT = 0xf;
const CHANGED = 0x80;

/** The table. */
export function generationIdTable(): Uint8Array {
  return table(
    "SSDT",
    1,
    [
      ...name("VGIA", FOUR_BYTES),
      ...scope("\\_SB", [
        device("VGEN", [
          name("_HID", text("MEM0001")),
          name("_CID", text("VM_Gen_Counter")),
          name("_DDN", text("VM_Gen_Counter")),
          method("_STA", 0, [
            store(integer(PRESENT), local(0)),
            when(equal(ref("VGIA"), integer(0)), [store(integer(0), local(0))]),
            ret(local(0)),
          ]),
          method("ADDR", 0, [
            store(pack([integer(0), integer(0)]), local(0)),
            store(add(ref("VGIA"), integer(GENERATION_ID_OFFSET)), index(local(0), integer(0))),
            store(integer(0), index(local(0), integer(1))),
            ret(local(0)),
          ]),
        ]),
      ]),
      ...method("\\_GPE._E05", 0, [notify("\\_SB.VGEN", integer(CHANGED))]),
    ],
    "VMGENID",
  );
}

/**
 * Have firmware put the ID into memory, its address into the table at `offset` of `tables`, and tell
 * the machine of it.
 */
export function linkGenerationId(script: LoaderScript, tables: string, offset: number): void {
  script.allocate(GENERATION_ID_FILE, PAGE, LoaderZone.HIGH);
  script.addPointer(tables, GENERATION_ID_FILE, offset + POINTER_OFFSET, 4);
  script.writePointer(GENERATION_ADDRESS_FILE, GENERATION_ID_FILE, GENERATION_ID_OFFSET, 8);
}
