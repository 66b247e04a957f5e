import { workspacePackages } from "../bootstrap/workspace.mjs";

/** The packages that a release publishes, lowest floor first. */
export function publishedPackages() {
  const all = workspacePackages().filter(({ manifest }) => manifest.private !== true);
  const names = new Set(all.map(({ manifest }) => manifest.name));
  const sorted = [];
  const visit = (entry) => {
    if (sorted.includes(entry)) return;
    for (const name of Object.keys(entry.manifest.dependencies ?? {})) {
      if (names.has(name)) visit(all.find(({ manifest }) => manifest.name === name));
    }
    sorted.push(entry);
  };
  all.forEach(visit);
  return sorted;
}
