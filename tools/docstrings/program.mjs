import ts from "typescript";
import { inRoot, root } from "../bootstrap/paths.mjs";

/** Files as they were parsed, by name: what several programs are made of is read once. */
const parsed = new Map();

/**
 * A program over `files` with the project's options, and `more`. It is for looking: it writes nothing.
 */
export function programOf(files, more = {}) {
  const { config } = ts.readConfigFile(inRoot("tsconfig.base.json"), ts.sys.readFile);
  // Without a list of files the compiler looks for all there are.
  const own = ts.parseJsonConfigFileContent({ ...config, files }, ts.sys, root).options;
  const options = { ...own, composite: false, emitDeclarationOnly: false, noEmit: true, ...more };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    const file = parsed.get(name) ?? read(name, ...rest);
    if (file !== undefined) parsed.set(name, file);
    return file;
  };
  return ts.createProgram(files, options, host);
}
