/** Modules of a kernel: which others each needs, and the tables by which they are found. */

/** A module, read. */
export interface KernelModuleFile {
  /** With underscores, as the kernel has it. */
  readonly name: string;
  /** Below the folder of modules: `kernel/fs/ext4/ext4.ko`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The name of the module in the file at `path`. */
export function moduleName(path: string): string {
  const [, stem = path] = /([^/]+)\.ko$/.exec(path) ?? [];
  return stem.replaceAll("-", "_");
}

/**
 * `wanted` and all that they need, each after what it needs. Names that `read` does not know are left
 * out: the kernel has them within itself.
 * @param read the module of a name, `null` where there is none
 */
export function withNeeded(
  wanted: readonly string[],
  read: (name: string) => KernelModuleFile | null,
): readonly KernelModuleFile[] {
  const seen = new Set<string>();
  const found: KernelModuleFile[] = [];
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const module = read(name);
    if (module === null) return;
    for (const needed of neededBy(module)) visit(needed);
    found.push(module);
  };
  for (const name of wanted) visit(name);
  return found;
}

/** The text of `modules.dep` for these. */
export function dependencyTable(modules: readonly KernelModuleFile[]): string {
  const pathOf = new Map(modules.map(({ name, path }) => [name, path]));
  const allNeeded = (module: KernelModuleFile): string[] => {
    const rest = modules.filter(({ name }) => name !== module.name);
    const needed = withNeeded(
      neededBy(module),
      (name) => rest.find((m) => m.name === name) ?? null,
    );
    return needed.map(({ name }) => pathOf.get(name) ?? name).toReversed();
  };
  return modules
    .map((module) => `${module.path}: ${allNeeded(module).join(" ")}`.trim() + "\n")
    .join("");
}

/** The text of `modules.alias` for these: which devices and names they serve. */
export function aliasTable(modules: readonly KernelModuleFile[]): string {
  return modules
    .flatMap((module) =>
      information(module, "alias").map((alias) => `alias ${alias} ${module.name}\n`),
    )
    .join("");
}

/** Modules that a module needs, or wants loaded before itself. */
function neededBy(module: KernelModuleFile): string[] {
  const needed = information(module, "depends").flatMap((names) => names.split(","));
  const wanted = information(module, "softdep").flatMap((text) => {
    const [, before = ""] = /pre: ([^:]*?)(?: post:|$)/.exec(text) ?? [];
    return before.split(" ");
  });
  return [...needed, ...wanted]
    .filter((name) => name !== "")
    .map((name) => name.replaceAll("-", "_"));
}

/** Values of a key of the section `.modinfo`: texts `key=value`, each with zeros around it. */
function information({ bytes }: KernelModuleFile, key: string): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = Buffer.from(`\0${key}=`);
  const values: string[] = [];
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
    const from = at + start.length;
    values.push(text.toString("latin1", from, text.indexOf(0, from)));
  }
  return values;
}
