/** A region's name as a component of a path, where `/`, `[`, `\` and `]` cannot stand. */
export function escapeName(name: string): string {
  return name.replace(/[/[\\\]]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}
