/** Properties of every virtio device on PCI. */
import { property, type PropertyValues } from "../../../device/properties/property.js";
import { MOST_MSIX_VECTORS } from "../../../pci/msix.js";
import { Feature, featureBits } from "../virtio-model.js";

function feature(help: string): ReturnType<typeof property.bool> {
  return property.bool({ default: true, help });
}

/** The properties. */
export const virtioProperties = {
  "disable-legacy": property.choice(["auto", "on", "off"], {
    default: "auto",
    help: "on: it has no registers for drivers from before version 1",
  }),
  "disable-modern": property.bool({
    default: false,
    help: "on: it has registers for drivers from before version 1 alone",
  }),
  vectors: property.automatic(
    property.uint({ bits: 32, max: MOST_MSIX_VECTORS, help: "messages of MSI-X; 0: none" }),
  ),
  ioeventfd: property.bool({
    default: true,
    help: "of no effect: notifications are served at once",
  }),
  indirect_desc: feature("chains of buffers may be in tables of their own"),
  event_idx: feature("each side says when it wants to be told next"),
  notify_on_empty: feature("old drivers are told when a queue is empty"),
  any_layout: feature("old drivers may divide requests into buffers as they like"),
  queue_reset: feature("a queue may be reset by itself"),
} as const;

/** Values of the properties. */
export type VirtioValues = PropertyValues<typeof virtioProperties>;

/** Features that the values offer. */
export function commonFeatures(values: VirtioValues): bigint {
  return featureBits([
    Feature.VERSION_1,
    ...(values.indirect_desc ? [Feature.INDIRECT_DESC] : []),
    ...(values.event_idx ? [Feature.EVENT_IDX] : []),
    ...(values.notify_on_empty ? [Feature.NOTIFY_ON_EMPTY] : []),
    ...(values.any_layout ? [Feature.ANY_LAYOUT] : []),
    ...(values.queue_reset ? [Feature.RING_RESET] : []),
  ]);
}

/** Reason why values make no device, `null` if they do. */
export function virtioProblem(values: VirtioValues): string | null {
  return values["disable-modern"] && values["disable-legacy"] === "on"
    ? "device cannot work as neither modern nor legacy mode is enabled"
    : null;
}

/** `settle` of the kinds that nothing else can be wrong with. */
export function settleVirtio<V extends VirtioValues>(values: V): V | { readonly problem: string } {
  const problem = virtioProblem(values);
  return problem === null ? values : { problem };
}

/** `settle` of the kinds that came with version 1, and have no other registers. */
export function settleModern<V extends VirtioValues>(values: V): V | { readonly problem: string } {
  if (values["disable-modern"] || values["disable-legacy"] === "off") {
    return { problem: "device is modern-only, use disable-legacy=on" };
  }
  return values;
}
