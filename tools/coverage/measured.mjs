import { readFileSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";

/** The packages whose coverage counts, as folders of `packages/`. */
export const covered = ["qom", "core", "flat", "iommu", "ramdiscard", "ldst"];

/** The projects whose tests count: those of the packages, and the recordings of QEMU. */
export const coveringProjects = [...covered, "conformance"].map((name) => `@mem/${name}`);

/** All other projects: vitest joins several exclusions with "or", so they have to be named. */
export function otherProjects() {
  const all = [...workspacePackages().map(({ name }) => `@mem/${name}`), "tools"];
  return all.filter((name) => !coveringProjects.includes(name));
}

/** The options that select `projects`. */
export function selecting(projects) {
  return projects.map((name) => `--project=${name}`);
}

/** Options that make vitest measure those packages, and write its reports to `folder`. */
export function measuring(folder, ...reports) {
  return [
    "--coverage.enabled",
    "--coverage.provider=v8",
    `--coverage.include=packages/{${covered.join(",")}}/src/**/*.ts`,
    `--coverage.reportsDirectory=${folder}`,
    ...["json-summary", ...reports].map((report) => `--coverage.reporter=${report}`),
  ];
}

/** Percentages of lines and branches by package, from vitest's summary of files. */
export function figuresOf(folder) {
  return figures(JSON.parse(readFileSync(`${folder}/coverage-summary.json`, "utf8")));
}

/** The same from the summary itself: files by absolute path, each with what is there and was run. */
export function figures(summary) {
  return Object.fromEntries(
    covered.map((name) => {
      const start = inRoot(`packages/${name}/src/`).replaceAll("\\", "/");
      const files = Object.entries(summary)
        .filter(([path]) => path.replaceAll("\\", "/").startsWith(start))
        .map(([, file]) => file);
      return [name, { lines: percent(files, "lines"), branches: percent(files, "branches") }];
    }),
  );
}

function percent(files, what) {
  const sum = (field) => files.reduce((total, file) => total + file[what][field], 0);
  const total = sum("total");
  return total === 0 ? 0 : (100 * sum("covered")) / total;
}
