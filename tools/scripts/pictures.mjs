import { writeFileSync } from "node:fs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";

/** `pictures`: draws the pictures of documents and READMEs anew. */
export async function pictures() {
  await ensureInstalled();
  const { drawnPictures } = await import("../pictures/bundle.mjs");
  const drawn = await drawnPictures();
  for (const [file, svg] of drawn) {
    writeFileSync(inRoot(file), svg);
    console.log(file);
  }
  return 0;
}
