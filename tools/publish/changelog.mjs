const HEAD = `# Changelog

What changed for users, newest first. All packages share one version; each also has a changelog
of its own.
`;

/**
 * The changelog of the whole project with one more version in it: the summaries of `changesets`,
 * those that break something first, each with the packages it is about.
 */
export function withVersion(changelog, version, date, changesets) {
  const before = changelog === "" ? "" : changelog.slice(HEAD.length);
  const parts = [`## ${version} (${date})`];
  for (const [kind, title] of Object.entries({
    major: "What breaks",
    minor: "New",
    patch: "Mended",
  })) {
    const entries = changesets.filter(({ packages }) => kindOf(packages) === kind);
    if (entries.length > 0) parts.push(`### ${title}`, ...entries.map(entryOf));
  }
  return `${HEAD}\n${parts.join("\n\n")}\n${before}`;
}

/** The most that a changeset does to any package. */
function kindOf(packages) {
  return ["major", "minor", "patch"].find((kind) => Object.values(packages).includes(kind));
}

function entryOf({ packages, summary }) {
  const names = Object.keys(packages).map((name) => `\`${name}\``);
  return `${summary}\n\n_In ${names.join(", ")}._`;
}
