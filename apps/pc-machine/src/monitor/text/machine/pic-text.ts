/** `info pic`: the registers of the interrupt controllers. */
import type { IoApic } from "../../../devices/ioapic/index.js";
import type { InterruptController } from "../../../devices/i8259/interrupt-controller.js";
import type { Pic } from "../../../devices/i8259/pic.js";

/** The text: the I/O APIC, then a line for each 8259, the slave first. */
export function picText({ master, slave }: InterruptController, ioApic: IoApic): string {
  return `${ioApic.text}${chipText("pic1", slave)}\n${chipText("pic0", master)}\n`;
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
