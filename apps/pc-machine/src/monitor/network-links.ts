/** The cables between network cards and their networks. */
import type { PluggedDevice } from "../device/plugged.js";
import type { NetworkCard } from "../net/network.js";
import type { Networks } from "../net/networks.js";
import { networkCards } from "./text/machine/network-text.js";

function isCard(device: object): device is Required<NetworkCard> {
  return "setLink" in device;
}

/**
 * Plug in or pull the cable of a card, which is called by its own name or by its network's.
 * @returns false when there is no card and no network of that name
 */
export function setLink(
  devices: readonly PluggedDevice[],
  networks: Networks | undefined,
  name: string,
  up: boolean,
): boolean {
  const network = networks?.get(name) ?? null;
  const found = networkCards(devices).find(
    (one) => one.name === name || (network !== null && one.card.values["netdev"] === network),
  );
  const device = found?.card.device;
  if (device !== undefined && isCard(device)) device.setLink(up);
  return device !== undefined || network !== null;
}
