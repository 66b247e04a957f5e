import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Every HTML page below a folder. */
export function htmlPages(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => file.endsWith(".html"));
}

/** The links and pictures of these pages that lead nowhere, as `page: link`. */
export function deadLinks(folder) {
  const anchors = new Map();
  const anchorsOf = (file) => {
    if (!anchors.has(file)) {
      const ids = readFileSync(file, "utf8").matchAll(/\s(?:id|name)="([^"]*)"/g);
      anchors.set(file, new Set([...ids].map(([, id]) => id)));
    }
    return anchors.get(file);
  };
  const leads = (page, link) => {
    if (/^[a-z]+:/.test(link)) return true; // elsewhere
    const [path, anchor] = decodeURIComponent(link.replaceAll("&amp;", "&")).split("#");
    const file = path === "" ? page : resolve(dirname(page), path);
    if (!existsSync(file) || statSync(file).isDirectory()) return false;
    return !anchor || !file.endsWith(".html") || anchorsOf(file).has(anchor);
  };
  return htmlPages(folder).flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/\s(?:href|src)="([^"]*)"/g)]
      .map(([, link]) => link)
      .filter((link) => !leads(page, link))
      .map((link) => `${relative(folder, page)}: ${link}`),
  );
}
