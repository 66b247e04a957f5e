/** Declaration of a command of QMP. */
import type { MemberValues, QmpMembers, QmpSignature, QmpType } from "./schema.js";
import type { QmpTarget } from "./target.js";

/** A command. */
export interface QmpCommand extends QmpSignature {
  /** True if it may be given before the machine is made (`--preconfig`). */
  readonly early: boolean;
  /** @param args checked @returns the answer, or a promise of it @throws QmpError when it cannot be done */
  run(target: QmpTarget, args: Readonly<Record<string, unknown>>): unknown;
}

/** A command, with the types of its handler taken from its schema. */
export function command<const M extends QmpMembers, R>(definition: {
  readonly name: string;
  readonly members: M;
  readonly open?: boolean;
  readonly returns: QmpType<R>;
  readonly oob?: boolean;
  readonly early?: boolean;
  run(target: QmpTarget, args: MemberValues<M>): unknown;
}): QmpCommand {
  const { name, members, open = false, returns, oob = false, early = false, run } = definition;
  return {
    name,
    members,
    open,
    returns,
    oob,
    early,
    run: (target, args) => run(target, args as MemberValues<M>),
  };
}
