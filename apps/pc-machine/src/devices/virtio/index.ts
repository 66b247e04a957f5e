/** Devices behind virtio (Virtual I/O Device 1.2). */
export { askForMemory, memoryLeft, virtioBalloon } from "./balloon/index.js";
export { virtioBlk } from "./blk/index.js";
export { virtioKeyboard, virtioMouse, virtioTablet } from "./input/index.js";
export { virtioScsi } from "./scsi/index.js";
export { virtioNet } from "./net/index.js";
export { virtConsole, virtioSerial, virtSerialPort } from "./serial/index.js";
export { virtioRng } from "./rng/index.js";
