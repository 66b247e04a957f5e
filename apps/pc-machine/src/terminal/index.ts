/** The terminal: standard streams, escape keys, line editing. */
export { EscapeKeys, ESCAPE, KEYS_HELP, type EscapeActions } from "./escape-keys.js";
export { FileBackend } from "./file-backend.js";
export { LineEditor } from "./line-editor.js";
export { TerminalMux, type MonitorInput, type MuxActions } from "./mux.js";
export { Terminal, type InputListener, type InputStream, type OutputStream } from "./terminal.js";
