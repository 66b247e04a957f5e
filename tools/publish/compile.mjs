import ts from "typescript";

/**
 * A compiler for many small programs: what they share, the language's own declarations, is read
 * once.
 */
export class Compiler {
  #shared = new Map();

  /** Compiles `file` into `outDir` with the given `tsconfig` options; answers the complaints. */
  compile(file, compilerOptions, outDir) {
    const parsed = ts.convertCompilerOptionsFromJson({ ...compilerOptions, outDir }, ".");
    if (parsed.errors.length > 0) throw new Error(textsOf(parsed.errors).join("\n"));
    const program = ts.createProgram([file], parsed.options, this.#host(parsed.options));
    const { diagnostics } = program.emit();
    return textsOf([...ts.getPreEmitDiagnostics(program), ...diagnostics]);
  }

  #host(options) {
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, languageOptions, ...rest) => {
      if (!/[\\/]typescript[\\/]lib[\\/]/.test(name)) return read(name, languageOptions, ...rest);
      // A declaration file is parsed alike for every way of resolving modules.
      const file = this.#shared.get(name) ?? read(name, languageOptions, ...rest);
      this.#shared.set(name, file);
      return file;
    };
    return host;
  }
}

function textsOf(diagnostics) {
  return diagnostics.map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, " ");
    if (file === undefined) return text;
    return `${file.fileName}:${file.getLineAndCharacterOfPosition(start ?? 0).line + 1}: ${text}`;
  });
}
