/** `info pic`: the registers of both interrupt controllers. */
import type { InterruptController } from "../devices/i8259/interrupt-controller.js";
import type { Pic } from "../devices/i8259/pic.js";

/** The text, a line a chip, the slave first. */
export function picText({ master, slave }: InterruptController): string {
  return `${chipText("pic1", slave)}\n${chipText("pic0", master)}\n`;
}

function chipText(name: string, pic: Pic): string {
  const { irr, imr, isr, elcr, top, readsIsr, fullyNested } = pic.registers;
  return [
    `${name}: irr=${hex(irr)} imr=${hex(imr)} isr=${hex(isr)} hprio=${top}`,
    `irq_base=${hex(pic.vectorBase)} rr_sel=${Number(readsIsr)} elcr=${hex(elcr)}`,
    `fnm=${Number(fullyNested)}`,
  ].join(" ");
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
