/** The chipset: 440FX host bridge, PIIX3 ISA bridge, PIIX4 power management. */
export { AcpiPm, PM_TIMER_HZ, Pm1Control, Pm1Event } from "./acpi-pm.js";
export { I440fxHostBridge, type I440fxRegions } from "./i440fx.js";
export { pamAttribute, PamWindows, PAM_WINDOWS, pamWindow } from "./pam.js";
export { Piix3, RESET_CONTROL, type Piix3Wiring } from "./piix3.js";
export { Piix4Pm, type Piix4PmWiring } from "./piix4-pm.js";
export { Smram, SMRAM_REGISTER } from "./smram.js";
