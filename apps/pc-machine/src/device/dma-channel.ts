/** A channel of a DMA controller, as the device that asks for transfers sees it. */

/** The device at a channel. */
export interface DmaPeripheral {
  /** Fill `into` for memory; answers how many bytes there were. */
  give(into: Uint8Array): number;
  /** Take bytes of memory; answers how many. */
  take(from: Uint8Array): number;
  /** The count that the guest programmed is reached. */
  terminalCount(): void;
}

/** The wires between a device and its channel. */
export interface DmaChannelLine {
  /** Put `peripheral` at the channel. */
  connect(peripheral: DmaPeripheral): void;
  /** Ask for transfers, or no more. They happen at once if the channel is open, else when it is opened. */
  request(level: boolean): void;
}
