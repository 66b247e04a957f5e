/** Messages between a lesson's page and the worker in which its program runs. */
import type { MapCommand, MapReport } from "../map/protocol.js";

/** Request of the page. */
export type LessonCommand =
  /** Run a program that was prepared; a worker runs one. */
  | { readonly type: "run"; readonly code: string }
  /** Are you there? A program that loops does not answer. */
  | { readonly type: "ping" }
  | MapCommand;

/** Message of the worker. */
export type LessonReport =
  | { readonly type: "pong" }
  | { readonly type: "printed"; readonly text: string }
  /** The program is over; its machine is there still. */
  | { readonly type: "done"; readonly machines: number }
  | { readonly type: "failed"; readonly trouble: Trouble }
  | MapReport;

/** Problem of a program, and its place: lines and columns count from 1. */
export interface Trouble {
  readonly message: string;
  readonly line: number | null;
}
