/**
 * Where the user stands who runs `script`: npm changes to the project's folder, but file names among
 * the arguments are meant from there.
 */
export function userFolder(script) {
  const { INIT_CWD, npm_lifecycle_event } = process.env;
  return npm_lifecycle_event === script && INIT_CWD ? INIT_CWD : process.cwd();
}
