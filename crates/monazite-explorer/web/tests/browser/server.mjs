// A plain file server for tests: with or without ranges, with the headers of the local server.
import { createServer } from "node:http";
import { existsSync, readFileSync, statSync, createReadStream } from "node:fs";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".csv": "text/csv" };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** Serves the page (web/dist) and a folder with explorer.json and runs/0/ as one. */
export function serve(page, data, { ranges = true } = {}) {
  const log = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/^\/sub\//, "/");
    const name = path === "/" || path === "/sub" ? "/index.html" : path;
    const file = [join(page, name), join(data, name)].find((f) => existsSync(f) && statSync(f).isFile());
    log.push({ path: name, range: request.headers.range ?? null });
    response.setHeader("Content-Security-Policy", CSP);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    if (!file) { response.writeHead(404).end(); return; }
    const size = statSync(file).size;
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    const range = ranges && /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? "");
    if (range) {
      const [from, to] = [Number(range[1]), Math.min(size - 1, range[2] ? Number(range[2]) : size - 1)];
      response.writeHead(206, { "Content-Range": `bytes ${from}-${to}/${size}`, "Content-Length": to - from + 1 });
      createReadStream(file, { start: from, end: to }).pipe(response);
      return;
    }
    response.writeHead(200, { "Content-Length": size });
    response.end(request.method === "HEAD" ? undefined : readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}/sub/`, log, close: () => server.close() })));
}
