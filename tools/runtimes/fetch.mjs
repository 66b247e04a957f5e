/**
 * Installs all runtimes that the long suites use, one after the other: a program of its own, since it mostly waits
 * for the registry. Who wants a runtime that is not there yet waits for this, or installs it if this could not.
 */
import { ensureRuntime, runtimeVersions } from "../bootstrap/runtimes.mjs";

for (const name of Object.keys(runtimeVersions)) await ensureRuntime(name);
