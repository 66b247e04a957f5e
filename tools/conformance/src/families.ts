/** The families of recorded scripts, each kept as `corpus/<family>.jsonl.gz`. */
export const FAMILIES = [
  "topology",
  "transactions",
  "nested",
  "mtree",
  "lifecycle",
  "access",
  "cache-map",
  "dirty",
  "dirty-tcg",
  "coalesce-ioeventfd",
  "iommu",
  "ramdiscard",
] as const;

/** Whether `name` is one of the families the project keeps recordings of. */
export function isFamily(name: string): boolean {
  return (FAMILIES as readonly string[]).includes(name);
}
