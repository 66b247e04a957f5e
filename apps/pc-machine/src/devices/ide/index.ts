/** The IDE controller and its disks. */
export { defaultGeometry, type Geometry } from "./geometry.js";
export type { DriveOptions } from "./ide-channel.js";
export { Piix3Ide } from "./piix3-ide.js";
