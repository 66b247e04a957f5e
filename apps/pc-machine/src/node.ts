/**
 * Parts of the PC that need Node: disk images in files, the terminal, installed firmware, the
 * program.
 */
export { FileImage } from "./storage/file-image.js";
export { FileBackend } from "./terminal/file-backend.js";
export { Terminal, type InputStream, type OutputStream } from "./terminal/terminal.js";
export { TerminalMux } from "./terminal/mux.js";
export { ReadlineLines } from "./terminal/readline-lines.js";
export { findSeaBios, findVgaBios } from "./cli/images/firmware.js";
export { main, type Host } from "./cli/main.js";
