/** Ethernet addresses of cards that none was said for. */
import type { DeviceLine, GlobalLine } from "../command-line.js";

/** Cards, which have an address each. */
const CARDS: readonly string[] = ["e1000", "virtio-net-pci"];
/** The first five bytes of the addresses that QEMU gives, and the last of the first one. */
const ADDRESSES = { PREFIX: "52:54:00:12:34:", FIRST: 0x56 } as const;

/** `devices`, with an address for each card that none was said for: QEMU's, one after the other. */
export function withAddresses(
  devices: readonly DeviceLine[],
  globals: readonly GlobalLine[],
): readonly DeviceLine[] {
  const told = new Set(
    globals.filter(({ property }) => property === "mac").map(({ driver }) => driver),
  );
  const taken = new Set(devices.map(({ properties }) => properties["mac"]?.toLowerCase()));
  let last: number = ADDRESSES.FIRST;
  return devices.map((device) => {
    const { driver, properties } = device;
    if (!CARDS.includes(driver) || told.has(driver) || "mac" in properties) return device;
    const next = (): string =>
      `${ADDRESSES.PREFIX}${(last++ & 0xff).toString(16).padStart(2, "0")}`;
    let mac = next();
    while (taken.has(mac)) mac = next();
    return { ...device, properties: { ...properties, mac } };
  });
}
