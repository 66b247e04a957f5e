import { readdirSync, readFileSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";

/** Every TypeScript source of the packages in these groups (`"packages"`, `"apps"`), with its text. */
export function sourcesOf(...groups) {
  return workspacePackages()
    .filter(({ group }) => groups.includes(group))
    .flatMap(({ folder }) =>
      readdirSync(inRoot(folder, "src"), { recursive: true })
        .map((name) => `${folder}/src/${String(name).replaceAll("\\", "/")}`)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => ({ file, text: readFileSync(inRoot(file), "utf8") })),
    );
}
