/** For a page: runs ES modules one after the other, and collects what each writes. */
globalThis.printedBy = async (files) => {
  const printed = {};
  for (const file of files) {
    const lines = [];
    globalThis.console.log = (...texts) => {
      const words = texts.map((text) => (typeof text === "bigint" ? `${text}n` : String(text)));
      lines.push(...words.join(" ").split("\n"));
    };
    try {
      await import(`/${file}`);
    } catch (error) {
      lines.push(String(error.stack));
    }
    printed[file] = lines;
  }
  return printed;
};
