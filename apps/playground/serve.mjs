import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/**
 * Serves the files of `folder` below the path `base` to this machine alone. `port` 0 is any that is
 * free. What lies in the folder `guests` is there as the page's own `guests/`. Resolves to the address
 * and a `close` function.
 */
export async function serveSite(folder, { port = 0, base = "/", guests } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file =
      (guests && (await fileOf(guests, `${base}guests/`, pathname))) ||
      (await fileOf(folder, base, pathname));
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const headers = { "Content-Type": types[extname(file.path)] ?? "application/octet-stream" };
    // The names of assets change with what is in them: nobody need ask for them again.
    const keeps = pathname.startsWith(`${base}assets/`)
      ? "max-age=31536000, immutable"
      : "no-cache";
    response.writeHead(200, { ...headers, "Cache-Control": keeps }).end(file.bytes);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    address: `http://127.0.0.1:${server.address().port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function fileOf(folder, base, pathname) {
  if (!pathname.startsWith(base)) return undefined;
  try {
    const wanted = normalize(`/${decodeURIComponent(pathname.slice(base.length))}`);
    const path = join(folder, wanted.endsWith("/") ? `${wanted}index.html` : wanted);
    return { path, bytes: await readFile(path) };
  } catch {
    return undefined;
  }
}
