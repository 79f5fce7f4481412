import { render } from "preact";
import type { Explorer } from "./contract";
import { Shell } from "./shell";
import "./style.css";

const root = document.getElementById("app")!;

async function begin() {
  const got = await fetch("explorer.json");
  if (!got.ok) throw new Error(`the server answers ${got.status}`);
  const ex = (await got.json()) as Explorer;
  if (ex.explorer_format !== 1) throw new Error(`it is of format ${String(ex.explorer_format)}, this page reads 1: make the export again`);
  document.title = ex.study.name;
  root.replaceChildren();
  render(<Shell ex={ex} />, root);
}

begin().catch((error: Error) => {
  const said = document.createElement("p");
  said.className = "failed";
  said.setAttribute("role", "alert");
  said.textContent = location.protocol === "file:"
    ? "A browser does not let a page that was opened from a file read other files. Serve this folder (python3 -m http.server) and open it there, or open report.html of the run."
    : `explorer.json could not be read: ${error.message}. Reload the page to try again.`;
  root.replaceChildren(said);
});
