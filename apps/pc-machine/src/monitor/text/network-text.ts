/** Text of `info network`: cards, and the networks they are plugged into. */
import type { PluggedDevice } from "../../device/plugged.js";

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

/** A line for each card, and one for its network. */
export function networkText(devices: readonly PluggedDevice[]): string {
  return networkCards(devices)
    .map(({ name, card: { definition, values } }) => {
      const { mac, netdev } = values;
      const address =
        mac instanceof Uint8Array
          ? Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join(":")
          : "";
      const card = `${name}: index=0,type=nic,model=${definition.name},macaddr=${address}\n`;
      const summary = summaryOf(netdev);
      return summary === null ? card : `${card} \\ ${summary}\n`;
    })
    .join("");
}

function summaryOf(network: unknown): string | null {
  if (typeof network !== "object" || network === null || !("summary" in network)) return null;
  return typeof network.summary === "string" ? `index=0,${network.summary}` : null;
}
