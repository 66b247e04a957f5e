/**
 * The packages' `prepack`: npm itself would put `workspace:*` into the tarball, which nobody can
 * install, and does not build what is packed. It is told what does.
 */
const isPnpm = (process.env.npm_config_user_agent ?? "").startsWith("pnpm/");
if (!isPnpm) {
  console.error("mem: packages are packed from the project's folder: npm run pack -- DIR");
  process.exit(1);
}
