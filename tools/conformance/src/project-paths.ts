import { fileURLToPath } from "node:url";

// Sources (src/) and the bundle (dist/) both lie one level below the package's folder.
const packageFolder = new URL("../", import.meta.url);

/** The project's own copy of the recordings of `family`. */
export function corpusPath(family: string): string {
  return fileURLToPath(new URL(`corpus/${family}.jsonl.gz`, packageFolder));
}

/** The file that lists the families which must pass in full. */
export function ratchetPath(): string {
  return fileURLToPath(new URL("ratchet.json", packageFolder));
}
