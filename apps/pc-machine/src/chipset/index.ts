/** The chipset: 440FX host bridge, PIIX3 ISA bridge, PIIX4 power management. */
export { I440fxHostBridge } from "./i440fx.js";
export { Piix3, RESET_CONTROL } from "./piix3.js";
export { Piix4Pm } from "./piix4-pm.js";
