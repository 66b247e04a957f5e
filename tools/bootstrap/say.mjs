/** One line about what is being done. Standard output belongs to the program that is started. */
export function say(text) {
  process.stderr.write(`mem: ${text}\n`);
}
