/** Problems of a device that comes or goes, and of the parts that it names, in words. */
import { BlockdevError } from "../block/errors.js";
import { CharacterDeviceError } from "../chardev/character-devices.js";
import { NetworkError } from "../net/networks.js";
import { UserObjectError } from "../objects/user-objects.js";
import { PcOptionsError } from "./errors.js";

/** The messages of an error of plugging a device in or out, with the parts that it names; `null` for another error. */
export function pluggingProblems(error: unknown): readonly string[] | null {
  if (error instanceof PcOptionsError) return error.problems.map(({ message }) => message);
  return error instanceof BlockdevError ||
    error instanceof UserObjectError ||
    error instanceof NetworkError ||
    error instanceof CharacterDeviceError
    ? [error.message]
    : null;
}
