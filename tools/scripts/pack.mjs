import { resolve } from "node:path";
import { packAll } from "../publish/pack.mjs";
import { build } from "./build.mjs";
import { userFolder } from "./user-folder.mjs";

/** `pack DIR`: builds all packages, and writes into DIR the tarballs that a release would upload. */
export async function pack([folder, ...rest]) {
  if (folder === undefined || folder.startsWith("-") || rest.length > 0) {
    console.error("mem: usage: npm run pack -- DIR");
    return 1;
  }
  const code = await build([]);
  if (code !== 0) return code;
  // Whole: npm takes a relative `a/b.tgz` for a repository on the web.
  const target = resolve(userFolder("pack"), folder);
  const tarballs = await packAll(target);
  for (const file of tarballs.values()) console.log(file);
  console.log(`mem: to use them, in a project of yours: npm install --offline ${target}/*.tgz`);
  return 0;
}
