import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Writes `count` recordings of each family, evenly spread, to `file`, one a line. */
export function writeSample(corpus, count, file) {
  const families = readdirSync(corpus).filter((name) => name.endsWith(".jsonl.gz"));
  const lines = families.flatMap((name) => {
    const scripts = gunzipSync(readFileSync(`${corpus}/${name}`))
      .toString()
      .trim()
      .split("\n");
    return spread(scripts, count);
  });
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** At most `count` of `items`, at even distances, the first among them. */
export function spread(items, count) {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
}
