import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";

const folder = inRoot("docs/pictures");

/** `pictures`: draws the pictures of the documents anew. */
export async function pictures() {
  await ensureInstalled();
  const { drawnPictures } = await import("../pictures/bundle.mjs");
  const drawn = await drawnPictures();
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) {
    if (file.endsWith(".svg") && !drawn.has(file)) rmSync(`${folder}/${file}`);
  }
  for (const [file, svg] of drawn) {
    writeFileSync(`${folder}/${file}`, svg);
    console.log(`docs/pictures/${file}`);
  }
  return 0;
}
