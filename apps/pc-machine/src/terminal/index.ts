/** The terminal: standard streams, escape keys, line editing. */
export { ConnectionLines } from "./connection-lines.js";
export { FileBackend } from "./file-backend.js";
export { TerminalMux } from "./mux.js";
export { PipedLines } from "./piped-lines.js";
export { ReadlineLines } from "./readline-lines.js";
export { Terminal, type InputStream, type OutputStream } from "./terminal.js";
