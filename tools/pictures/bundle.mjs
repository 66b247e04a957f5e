import { pathToFileURL } from "node:url";
import { inRoot } from "../bootstrap/paths.mjs";

/** All pictures as the sources draw them now, by the paths of their files. */
export async function drawnPictures(output = inRoot(".cache/pictures.mjs")) {
  const { bundle } = await import("../build/bundle.mjs");
  await bundle(inRoot("tools/pictures/pictures.ts"), output);
  const { drawPictures } = await import(pathToFileURL(output).href);
  return drawPictures();
}
