/** The terminal: standard streams, escape keys, line editing. */
export { FileBackend } from "./file-backend.js";
export { TerminalMux } from "./mux.js";
export { Terminal, type InputStream, type OutputStream } from "./terminal.js";
