/** A name for a new package or device that cannot be used: said in one line. */
export class NameError extends Error {}

/** Checks a name in kebab case, as folders and packages have it. */
export function checkName(name, what) {
  if (name === undefined)
    throw new NameError(`new ${what} needs a name: npm run new -- ${what} NAME`);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new NameError(`'${name}' is no name for a ${what}: use lower case words joined by -`);
  }
  return name;
}

/** `two-words` as `TwoWords`. */
export function pascalCase(name) {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** `two-words` as `twoWords`. */
export function camelCase(name) {
  return name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}
