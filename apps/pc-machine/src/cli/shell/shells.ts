/** The shells that completion is there for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** True if `word` names one. */
export function isShell(word: string): word is Shell {
  return SHELLS.some((shell) => shell === word);
}
