/** An IDE controller with a disk, and short ways to its registers. */
import { Piix3Ide } from "../../src/devices/piix3-ide/index.js";
import { PciBus } from "../../src/pci/index.js";
import { MemoryImage, type BlockBackend } from "../../src/storage/index.js";
import { DeviceRig, Wire } from "./device-rig.js";

/** Sectors of the disk. */
export const SECTORS = 4 * 16 * 63;

/** A disk whose sectors begin with their own number. */
export function numberedDisk(): MemoryImage {
  const image = new MemoryImage(SECTORS * 512);
  const view = new DataView(image.bytes.buffer);
  for (let lba = 0; lba < SECTORS; lba++) {
    view.setUint32(512 * lba, lba, true);
  }
  return image;
}

/** The controller, its primary master, and ways to command it. */
export function setUp(backend: BlockBackend = numberedDisk()) {
  const rig = new DeviceRig();
  const primaryIrq = new Wire();
  const secondaryIrq = new Wire();
  const bus = new PciBus({ memory: rig.memory, io: rig.io, dmaRoot: rig.memory });
  const ide = new Piix3Ide(rig.ctx, { primaryIrq, secondaryIrq, drives: [{ backend }] });
  bus.add(ide, 1, 1);
  rig.map(...ide.windows);
  ide.reset();
  const status = (): number => rig.in(0x3f6);
  const command = (code: number, lba = 0, count = 1): void => {
    rig.out(0x1f2, count);
    rig.out(0x1f3, lba & 0xff);
    rig.out(0x1f4, (lba >> 8) & 0xff);
    rig.out(0x1f5, (lba >> 16) & 0xff);
    rig.out(0x1f6, 0xe0 | ((lba >> 24) & 0x0f));
    rig.out(0x1f7, code);
  };
  const commandExt = (code: number, lba: number, count: number): void => {
    rig.out(0x1f6, 0xe0);
    const bytes = [0, 1, 2, 3, 4, 5].map((n) => Math.floor(lba / 256 ** n) & 0xff);
    for (const [port, high, low] of [
      [0x1f2, count >> 8, count & 0xff],
      [0x1f3, bytes[3], bytes[0]],
      [0x1f4, bytes[4], bytes[1]],
      [0x1f5, bytes[5], bytes[2]],
    ] as const) {
      rig.out(port, high!);
      rig.out(port, low!);
    }
    rig.out(0x1f7, code);
  };
  const readWords = (count: number): number[] =>
    Array.from({ length: count }, () => rig.in(0x1f0, 2));
  return { rig, ide, bus, primaryIrq, secondaryIrq, status, command, commandExt, readWords };
}
