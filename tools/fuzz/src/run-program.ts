import { inheritedOf } from "./visibility.js";
import type { Machine, RenderStatistics } from "@mem/flat";
import { ModelWorld } from "./model/model-world.js";
import type { Operation, Program } from "./operation.js";
import { checkFollowers, checkIdle, checkViews, compareLists } from "./real/invariants.js";
import { Violation } from "./real/expected-errors.js";
import { RealWorld } from "./real/real-world.js";
import { releaseAll } from "./real/release.js";
import { WildWorld } from "./real/wild-world.js";

/** How a program failed. */
export interface Failure {
  /** The step at which it did; the number of steps for the end. */
  readonly step: number;
  readonly operation: Operation | null;
  readonly error: unknown;
}

/** Runs a program; `null` if nothing is wrong. */
export function runProgram(program: Program): Failure | null {
  let at = 0;
  try {
    const run = program.mode === "exact" ? runExact : runWild;
    run(program, (step) => (at = step));
    return null;
  } catch (error) {
    return { step: at, operation: program.steps[at] ?? null, error };
  }
}

function runExact(program: Program, note: (step: number) => void): void {
  const real = new RealWorld(program);
  const model = new ModelWorld(program);
  for (const [i, step] of program.steps.entries()) {
    note(i);
    const before = { ...real.machine.renderStatistics };
    const { commits } = model.topology;
    const [actual, expected] = [real.apply(step), model.apply(step)];
    if (real.problem !== null) throw real.problem;
    compareLists("callbacks", real.trace.splice(0), model.trace.splice(0));
    compareLists("result", [actual], [expected]);
    const isChange = model.topology.commits !== commits || spaceComes(step);
    checkStatistics(real.machine, before, isChange);
    compareViews(real, model);
    compareMemory(real, model);
    checkIdle(real);
    checkFollowers(real);
  }
  note(program.steps.length);
  releaseAll(real);
}

function runWild(program: Program, note: (step: number) => void): void {
  const world = new WildWorld(program);
  for (const [i, step] of program.steps.entries()) {
    note(i);
    world.run(step, i);
    if (world.problem !== null) throw world.problem;
    checkIdle(world);
    if (world.depth === 0) {
      world.settle();
      checkViews(world);
    }
    checkFollowers(world);
    world.checkDiscards();
  }
  note(program.steps.length);
  world.end();
  releaseAll(world);
  if (world.problem !== null) throw world.problem;
}

function compareViews(real: RealWorld, model: ModelWorld): void {
  const { origin } = real.program;
  for (const [i, space] of real.spaces.entries()) {
    const first = space.root === real.system ? origin : 0n;
    const actual = [...space.flatView.ranges()].map(
      (range) =>
        `${range.start - first} ${range.size} ${real.names.region(range.region)} ${range.offset} ${inheritedOf(range).join()}`,
    );
    const expected = (model.topology.spaces[i]?.view.ranges ?? []).map(
      ({ attributes, end, offset, region, start }) =>
        `${start} ${end - start} ${region.id} ${offset} ${attributes.join()}`,
    );
    compareLists(`view of ${space.name}`, actual, expected);
  }
}

function compareMemory(real: RealWorld, model: ModelWorld): void {
  for (const [i, region] of real.regions.entries()) {
    const block = model.topology.regions[i]?.block;
    const { ramBlock } = region;
    if (!block || !ramBlock) continue;
    const bytes = region.ramBlock?.bytes(0, ramBlock.maxLength);
    if (!bytes || Buffer.compare(bytes, block.bytes) !== 0) {
      const at = block.bytes.findIndex((byte, offset) => byte !== bytes?.[offset]);
      throw new Violation(
        `memory of ${region.name} differs at ${at}: ${bytes?.[at]}, not ${block.bytes[at]}`,
      );
    }
    for (const [client, pages] of block.dirty.entries()) {
      const bitmap = ramBlock.dirtyBitmap(client);
      for (let page = 0; page * 4096 < ramBlock.maxLength; page++) {
        if (bitmap.any(page, page + 1) === pages.has(page)) continue;
        throw new Violation(
          `page ${page} of ${region.name} is ${pages.has(page) ? "clean" : "dirty"} for client ${client}`,
        );
      }
    }
  }
}

function spaceComes(step: Operation): boolean {
  return (
    ["space", "destroySpace"].includes(step.op) ||
    ("reactions" in step && step.reactions.some(spaceComes))
  );
}

/** Counts never fall, and nothing is rendered where nothing changed. */
function checkStatistics(
  { renderStatistics }: Machine,
  before: Readonly<RenderStatistics>,
  isChange: boolean,
): void {
  for (const key of ["full", "windows", "visits", "unchanged"] as const) {
    const [from, to] = [before[key], renderStatistics[key]];
    if (!(to >= from) || (!isChange && to !== from)) {
      throw new Violation(`statistics: ${key} went from ${from} to ${to}`);
    }
  }
}
