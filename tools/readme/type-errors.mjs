import { basename } from "node:path";
import ts from "typescript";
import { inRoot } from "../bootstrap/paths.mjs";
import { programOf } from "../docstrings/program.mjs";

/** What the compiler says about these files (not about what they import): one line each. */
export function typeErrorsIn(files) {
  const { config } = ts.readConfigFile(inRoot("tsconfig.tests.json"), ts.sys.readFile);
  const { noUncheckedIndexedAccess, types } = config.compilerOptions;
  const program = programOf(files, { noUncheckedIndexedAccess, types });
  const ofAll = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  const ofFiles = files.flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
  return [...ofAll, ...ofFiles].map(({ file, start, messageText }) => {
    const text = messageText.messageText ?? messageText;
    if (file === undefined) return text;
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `${basename(file.fileName)}:${line + 1}: ${text}`;
  });
}
