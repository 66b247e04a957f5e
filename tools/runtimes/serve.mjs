import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript" };

/**
 * Serves `folder` on this machine alone, to pages that may share memory between threads. Resolves
 * to its address and a `close` function. An empty page is at `/`.
 */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const headers = {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    };
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/") {
      response.writeHead(200, { ...headers, "Content-Type": "text/html" });
      response.end("<!doctype html><title>Mem</title>");
      return;
    }
    try {
      const text = await readFile(join(folder, normalize(decodeURIComponent(pathname))));
      const type = types[extname(pathname)] ?? "application/octet-stream";
      response.writeHead(200, { ...headers, "Content-Type": type });
      response.end(text);
    } catch {
      response.writeHead(404, headers);
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
