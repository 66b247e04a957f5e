import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bootstrap/paths.mjs";

/** Where the version of the packages stands besides their manifests, by file. */
const places = {
  "CITATION.cff": /(?<=^version: ).*$/m,
  "apps/pc-machine/src/cli/version.ts": /(?<=VERSION = ")[^"]*/,
  "apps/pc-machine/man/mem-pc.1": /(?<=^\.TH .*"Mem )[^"]*/m,
};

/** The versions that those files cite, by file; `undefined` where none is found. */
export function citedVersions(base = root) {
  return Object.fromEntries(
    Object.entries(places).map(([file, place]) => [
      file,
      place.exec(readFileSync(join(base, file), "utf8"))?.[0],
    ]),
  );
}

/** Has all of them cite `version`. */
export function citeVersion(version, base = root) {
  for (const [file, place] of Object.entries(places)) {
    const path = join(base, file);
    writeFileSync(path, readFileSync(path, "utf8").replace(place, version));
  }
}
