/** Text of `info irq`: how often each input of the interrupt controllers rose. */
import type { Device } from "../../../device/device.js";

/** Counts of the inputs of `device`; of the pair of 8259, those of both. */
function counts({ gpios = [] }: Device): readonly number[] {
  return gpios
    .filter(({ direction }) => direction === "in")
    .flatMap((lines) => Array.from({ length: lines.count }, (_line, n) => lines.rises(n)));
}

/** A block for each of `controllers`, with a line for each input that rose at all. */
export function irqText(controllers: readonly (readonly [name: string, device: Device])[]): string {
  return controllers
    .map(([name, device]) => {
      const lines = counts(device).flatMap((count, n) =>
        count === 0 ? [] : [`${String(n).padStart(2)}: ${count}\n`],
      );
      return `IRQ statistics for ${name}:\n${lines.join("")}`;
    })
    .join("");
}
