import { readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";

/** What no package may fall below, whatever it had reached. */
export const floor = { lines: 95, branches: 90 };

/** Random tests take other ways each time: so many points may come and go. */
const slack = 0.4;

const file = inRoot("tools/coverage/ratchet.json");
const kinds = Object.keys(floor);

/** The figures reached so far, by package. */
export function readRatchet(path = file) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** One sentence for each figure that is below what was reached before, or below the floor. */
export function shortfalls(figures, ratchet) {
  return Object.entries(figures).flatMap(([name, reached]) =>
    kinds.flatMap((kind) => {
      const least = leastOf(ratchet[name], kind);
      if (reached[kind] >= least) return [];
      return [`@mem/${name}: ${reached[kind].toFixed(1)} % of ${kind}, at least ${least} % is due`];
    }),
  );
}

function leastOf(before, kind) {
  const due = Math.max(floor[kind], (before?.[kind] ?? 0) - slack);
  return Math.round(due * 10) / 10;
}

/** `ratchet` with each figure that is higher now; none falls. */
export function raised(figures, ratchet) {
  return Object.fromEntries(
    Object.entries(figures).map(([name, now]) => [
      name,
      Object.fromEntries(
        kinds.map((kind) => {
          const reached = Math.floor(now[kind] * 10) / 10;
          return [kind, Math.max(reached, ratchet[name]?.[kind] ?? 0)];
        }),
      ),
    ]),
  );
}

/** Raises the file to `figures`, where they are higher. */
export function updateRatchet(figures, path = file) {
  writeFileSync(path, `${JSON.stringify(raised(figures, readRatchet(path)), null, 2)}\n`);
}

/** The table that is printed: a line for each package. */
export function table(figures) {
  const line = (name, lines, branches) =>
    `${name.padEnd(18)}${lines.padStart(8)}${branches.padStart(10)}`;
  return [
    line("package", "lines", "branches"),
    ...Object.entries(figures).map(([name, { lines, branches }]) =>
      line(`@mem/${name}`, `${lines.toFixed(1)} %`, `${branches.toFixed(1)} %`),
    ),
  ].join("\n");
}
