/** What the environment asks of these tests; where there is none, as in browsers, nothing. */
import { type Mode, MODES } from "./machine.js";

const environment = (globalThis as { process?: { env: Record<string, string | undefined> } })
  .process?.env;

/** Instructions of all modes together, where `MEM_LOCKSTEP` says it. */
export function askedInstructions(): number | null {
  const asked = environment?.["MEM_LOCKSTEP"];
  return asked === undefined ? null : Number(asked);
}
/** The seed that the first program is made of: `MEM_LOCKSTEP_SEED`. */
export function firstSeed(usual: number): number {
  return Number(environment?.["MEM_LOCKSTEP_SEED"] ?? usual);
}
/** The modes that `MEM_LOCKSTEP_MODES` names, such as `flat,user`; default: all. */
export function askedModes(): readonly Mode[] {
  const names = environment?.["MEM_LOCKSTEP_MODES"]?.split(",");
  return names === undefined ? MODES : MODES.filter((mode) => names.includes(mode));
}
