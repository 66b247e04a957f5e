import { ensureInstalled } from "../bootstrap/install.mjs";

/**
 * `postinstall`: what `npm install` and `npm ci` do in a clone. npm itself has nothing to install
 * there; the project's own pnpm has. Whoever uses pnpm has installed everything by now.
 */
export async function postinstall() {
  if ((process.env.npm_config_user_agent ?? "").startsWith("pnpm/")) return 0;
  // npm takes away what it did not put there.
  await ensureInstalled("work", { anew: true });
  console.log(
    "mem: ready. `npm start` runs the PC, `npm test` the tests, `npm run` lists the rest.",
  );
  return 0;
}
