/** Text of `info network`: cards, and the networks they are plugged into. */
import type { PluggedDevice } from "../../../device/plugged.js";
import type { Networks } from "../../../net/networks.js";

/** A network card, with the name that QEMU gives it: its ID, or its model and a number. */
interface NamedCard {
  readonly name: string;
  readonly card: PluggedDevice;
}

/** The network cards among `devices`. */
export function networkCards(devices: readonly PluggedDevice[]): readonly NamedCard[] {
  return devices
    .filter(({ definition }) => "netdev" in definition.properties)
    .map((card, index) => ({ name: card.id ?? `${card.definition.name}.${index}`, card }));
}

/** A line for each card, and one for its network; then the networks without a card. */
export function networkText(
  devices: readonly PluggedDevice[],
  networks: Networks | undefined,
): string {
  const cards = networkCards(devices);
  const plugged = new Set(cards.map(({ card }) => card.values["netdev"]));
  const free = (networks?.all ?? []).filter(({ network }) => !plugged.has(network));
  const lines = cards.map(({ name, card: { definition, values } }) => {
    const { mac, netdev } = values;
    const address =
      mac instanceof Uint8Array
        ? Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join(":")
        : "";
    const card = `${name}: index=0,type=nic,model=${definition.name},macaddr=${address}\n`;
    const summary = summaryOf(netdev);
    const id = networks?.idOf(netdev) ?? null;
    return summary === null ? card : `${card} \\ ${id === null ? "" : `${id}: `}${summary}\n`;
  });
  return [...lines, ...free.map(({ id, network }) => `${id}: index=0,${network.summary}\n`)].join(
    "",
  );
}

function summaryOf(network: unknown): string | null {
  if (typeof network !== "object" || network === null || !("summary" in network)) return null;
  return typeof network.summary === "string" ? `index=0,${network.summary}` : null;
}
