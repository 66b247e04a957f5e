import { capture } from "../bootstrap/child.mjs";

/**
 * The files that differ from the commit `since`, relative to the project, with `/`: changed, added,
 * taken away, and new ones that git does not know yet. Throws git's own words when it cannot tell.
 */
export async function changedFiles(since) {
  const lists = [
    ["diff", "--name-only", "--no-renames", "-z", since, "--"],
    ["ls-files", "--others", "--exclude-standard", "-z"],
  ];
  const found = [];
  for (const args of lists) {
    const { code, output } = await capture("git", args);
    if (code !== 0) throw new Error(output.trim().split("\n")[0]);
    found.push(...output.split("\0").filter((file) => file !== ""));
  }
  return found;
}
