/** The display adapters that `-vga` names. */

/** Devices by the names of `-vga`. */
const DRIVERS: Readonly<Record<string, string>> = { std: "VGA", cirrus: "cirrus-vga" };

/** Name of the adapter that there is where none is asked for. */
export const DEFAULT_ADAPTER = "std";

/** Every name that `-vga` takes. */
export const adapterNames: readonly string[] = [...Object.keys(DRIVERS), "none"];

/** The device of one of {@link adapterNames}, `null` for none. */
export function adapterDriver(name: string): string | null {
  return DRIVERS[name] ?? null;
}

/** True for a device in whose place `-vga` would put another. */
export function isDisplayAdapter(driver: string): boolean {
  return Object.values(DRIVERS).includes(driver);
}
