import { writeAddresses } from "../publish/addresses.mjs";

/** `addresses`: enters the root manifest's `repository` in the packages' manifests and READMEs. */
export async function addresses(args) {
  if (args.length > 0) {
    console.error(`mem: addresses takes no arguments, not '${args.join(" ")}'`);
    return 1;
  }
  const changed = writeAddresses();
  for (const file of changed) console.log(`  ${file}`);
  console.log(`mem: ${changed.length} files changed`);
  return 0;
}
