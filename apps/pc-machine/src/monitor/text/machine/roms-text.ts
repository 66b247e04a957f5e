/** Text of `info roms`: images that firmware is made of, or is handed. */
import type { PcBoard } from "../../../board/pc-board.js";

/** Files that firmware builds tables of, which QEMU keeps as memory, in its order. */
const TABLES = ["etc/acpi/tables", "etc/table-loader", "etc/acpi/rsdp"];
const OPTION_ROMS = "genroms/";

const size = (bytes: number): string => `size=0x${bytes.toString(16).padStart(6, "0")}`;

/** A line for each. */
export function romsText({ fwCfg, firmware }: PcBoard): string {
  const { items } = fwCfg;
  const bytesOf = (name: string): number => items.file(name)?.bytes.length ?? 0;
  const optionRoms = items.fileNames
    .filter((name) => name.startsWith(OPTION_ROMS))
    .map((name) => `fw=${name} ${size(bytesOf(name))} name="${name.slice(OPTION_ROMS.length)}"\n`);
  const bios =
    firmware === null
      ? []
      : [
          `addr=${(2 ** 32 - Number(firmware.size)).toString(16).padStart(16, "0")} ` +
            `${size(Number(firmware.size))} mem=rom name="${firmware.name}"\n`,
        ];
  const tables = TABLES.filter((name) => items.file(name) !== null).map(
    (name) => `/rom@${name} ${size(bytesOf(name))} name="${name}"\n`,
  );
  return [...optionRoms, ...bios, ...tables].join("");
}
