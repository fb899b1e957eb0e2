// Builds the pages' styles and scripts into sanwei_flow/static/dist, under names that carry a content hash,
// with a manifest.json (`app.js` -> `app-HASH.js`) that the server's `asset()` reads. Prints what each file weighs.
import { build } from "esbuild";
import { compile } from "sass";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "../sanwei_flow/static/dist");
const entries = {
  app: "src/app/index.js",
  board: "src/board/index.js",
  compare: "src/compare/index.js",
  designer: "src/designer/index.js",
  decision: "src/decision/index.js",
  diagram: "src/diagram/index.js",
  figures: "src/figures/index.js",
  formdesigner: "src/formdesigner/index.js",
  lists: "src/lists/index.js",
  monitor: "src/monitor/index.js",
  upload: "src/upload/index.js",
};

// What every page loads must stay light for old machines on slow lines; a page that draws may weigh more in all.
const limits = { app: 60 * 1024 };
const pageLimits = { designer: 300 * 1024 };

// Cells of decision tables are CEL: the editor of FEEL, half of dmn-js, never opens and stays out.
const withoutFeel = {
  name: "without FEEL",
  setup(bundle) {
    const shared = path.join(here, "node_modules/dmn-js-shared/lib");
    bundle.onResolve({ filter: /components\/LiteralExpression$/ }, () => ({
      path: path.join(shared, "components/ContentEditable.js"),
    }));
    bundle.onResolve({ filter: /feel-language-context$/ }, () => ({ path: "feel", namespace: "nothing" }));
    bundle.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "export default {};" }));
  },
};

const sass = {
  name: "sass",
  setup(bundle) {
    bundle.onLoad({ filter: /\.scss$/ }, ({ path: file }) => {
      // Bootstrap 5.3 still uses @import; its deprecation notices are not ours to act on.
      const { css, loadedUrls } = compile(file, {
        loadPaths: [path.join(here, "node_modules")],
        quietDeps: true,
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      });
      return { contents: css, loader: "css", watchFiles: loadedUrls.map(fileURLToPath) };
    });
  },
};

const hashed = (content) => createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
const gzipped = (file) => gzipSync(fs.readFileSync(path.join(out, file)), { level: 9 }).length;

/** Write `content` as `<stem>-<hash><ext>` and return that name. */
function put(name, content) {
  const { name: stem, ext } = path.parse(name);
  const file = `${stem}-${hashed(content)}${ext}`;
  fs.writeFileSync(path.join(out, file), content);
  return file;
}

/** Join all icons into one sprite of `<symbol>`s that take size and colour from the text around them. */
function sprite() {
  const folder = path.join(here, "src/icons");
  const symbols = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(".svg"))
    .sort()
    .map((file) => {
      const body = fs.readFileSync(path.join(folder, file), "utf8").replace(/^<svg[^>]*>|<\/svg>\s*$/g, "");
      return (
        `<symbol id="${path.parse(file).name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
        `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`
      );
    });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: entries,
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["chrome87", "firefox78"],
  legalComments: "linked",
  loader: { ".woff2": "file", ".xml": "text" },
  plugins: [withoutFeel, sass],
  metafile: true,
  logLevel: "warning",
});

const manifest = {
  "icons.svg": put("icons.svg", sprite()),
  "favicon.svg": put("favicon.svg", fs.readFileSync(path.join(here, "src/favicon.svg"))),
};

/** Every script a script needs before it runs; what it loads later, when asked, is not part of it. */
function needed(file, found = new Set()) {
  for (const { kind, path: part } of metafile.outputs[file].imports) {
    if (kind === "import-statement" && !found.has(part)) needed(part, found.add(part));
  }
  return [...found].map((part) => path.basename(part));
}

const weights = [];
for (const [file, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
  const name = Object.keys(entries).find((key) => entries[key] === entryPoint);
  if (!name || !file.endsWith(".js")) continue;
  const script = path.basename(file);
  const style = cssBundle && path.basename(cssBundle);
  const shared = needed(file);
  manifest[`${name}.js`] = script;
  if (style) manifest[`${name}.css`] = style;
  weights.push({
    entry: name,
    "script gz": gzipped(script) + shared.reduce((sum, part) => sum + gzipped(part), 0),
    "style gz": style ? gzipped(style) : 0,
  });
}
fs.writeFileSync(path.join(out, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");

weights.push({ entry: "icons.svg", "script gz": 0, "style gz": gzipped(manifest["icons.svg"]) });
console.table(weights.map((row) => ({ ...row, sum: row["script gz"] + row["style gz"] })));
const sums = Object.fromEntries(weights.map((row) => [row.entry, row["script gz"] + row["style gz"]]));
const over = [
  ...Object.entries(limits).map(([entry, most]) => [entry, sums[entry], most]),
  ...Object.entries(pageLimits).map(([entry, most]) => [`${entry} page`, sums.app + sums[entry], most]),
];
for (const [what, sum, most] of over) {
  console.log(`${what}: ${sum} of ${most} bytes gzipped`);
  if (sum > most) {
    console.error(`${what}: more than allowed`);
    process.exitCode = 1;
  }
}
