/** Lines between devices and the channels of the two DMA controllers. */
import type { DmaChannelLine } from "../../device/dma-channel.js";
import type { PluggedDevice } from "../../device/plugged.js";
import { DmaController } from "../../devices/i8257/index.js";
import { PcError } from "../../pc-error.js";

const CHANNELS = 4;

/** The wires of channel `n` of the controllers among `devices`. @throws PcError when there is none */
export function dmaLine(devices: readonly PluggedDevice[], n: number): DmaChannelLine {
  const controllers = devices.flatMap(({ device }) =>
    device instanceof DmaController ? [device] : [],
  );
  const channel = n % CHANNELS;
  const controller = controllers[Math.floor(n / CHANNELS)];
  const first = channel === 0 && n >= CHANNELS;
  if (
    controller === undefined ||
    // The second controller's first channel is what the first one hangs on.
    first ||
    (channel !== 0 && channel !== 1 && channel !== 2 && channel !== 3)
  ) {
    throw new PcError(`DMA channel ${n} does not exist: there are 0 to 3 and 5 to 7`, {
      rule: "dma-channel",
    });
  }
  return controller.line(channel);
}
