/** The arguments meant for a script: npm takes the separating `--` away, pnpm hands it on. */
export function argumentsOf(args, env) {
  const isNpm = (env.npm_config_user_agent ?? "").startsWith("npm/");
  return args[0] === "--" && !isNpm ? args.slice(1) : args;
}
