import { pathToFileURL } from "node:url";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";

/** `docs`: builds the documentation as a static site; what TypeDoc complains about is a failure. */
export async function docs(args) {
  if (args.length > 0) {
    console.error(`mem: docs takes no arguments, not '${args.join(" ")}'`);
    return 1;
  }
  await ensureInstalled("docs");
  const { buildSite } = await import(pathToFileURL(inRoot("tools/docs/site.mjs")).href);
  const out = inRoot(".cache/docs");
  const complaints = await buildSite(out);
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length === 0) console.log(`docs: ${pathToFileURL(out).href}/index.html`);
  return complaints.length === 0 ? 0 : 1;
}
