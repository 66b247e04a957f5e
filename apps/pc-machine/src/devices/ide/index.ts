/** The IDE controller and its disks. */
export { Piix3Ide } from "./piix3-ide.js";
