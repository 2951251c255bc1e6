// Bundles the cards into the one module that the integration serves.
// "--check" compares instead of writing; "--dev" serves dev/index.html, which feeds the cards with made-up events.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const BUNDLE = here("../custom_components/camera_push/frontend/camera-push.js");
const LIMIT = 125_000;

// Blanks in templates and style sheets are for those who read the source.
const templates = {
  name: "templates",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const parts = source.split(/\bcss`([^`]*)`/);
      for (let index = 1; index < parts.length; index += 2) {
        const { code } = await esbuild.transform(parts[index], { loader: "css", minify: true, target: "es2022" });
        parts[index] = `css\`${code.trim().replaceAll("\\", "\\\\")}\``;
      }
      const contents = parts
        .map((part, index) => (index % 2 ? part : part.replace(/(>|\})\n\s*(<|\$\{)/g, "$1$2").replace(/\n\s+/g, "\n")))
        .join("");
      return { contents, loader: "ts" };
    });
  },
};

const options = {
  absWorkingDir: here("."),
  entryPoints: ["src/main.ts"],
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  minify: true,
  target: "es2022",
  // Private members have a name that begins with an underscore; lit's begin with an underscore and a dollar.
  mangleProps: /^_[a-z]/,
  plugins: [templates],
  write: false,
};

if (process.argv.includes("--dev")) {
  await mkdir(here("dev/build"), { recursive: true });
  const translations = here("../custom_components/camera_push/translations");
  for (const language of ["de", "en", "es", "fr", "pt-BR", "zh-Hans"]) {
    const { selector } = JSON.parse(await readFile(`${translations}/${language}.json`, "utf8"));
    await writeFile(here(`dev/build/texts-${language}.json`), JSON.stringify(selector.card.options));
  }
  await copyFile(here("dev/index.html"), here("dev/build/index.html"));
  const context = await esbuild.context({
    ...options,
    entryPoints: { "camera-push": "src/main.ts", page: "dev/page.ts" },
    outdir: "dev/build",
    sourcemap: "inline",
  });
  const { port } = await context.serve({ host: "127.0.0.1", port: 8124, servedir: here("dev/build") });
  console.log(`http://127.0.0.1:${port}/`);
} else {
  const { outputFiles } = await esbuild.build(options);
  const bundle = outputFiles[0].text;
  const size = Buffer.byteLength(bundle);
  if (size > LIMIT) {
    throw new Error(`The bundle has ${size} bytes; the limit is ${LIMIT}.`);
  }
  if (process.argv.includes("--check")) {
    if ((await readFile(BUNDLE, "utf8").catch(() => "")) !== bundle) {
      throw new Error(`${BUNDLE} is not what the source gives: run scripts/frontend.`);
    }
  } else {
    await writeFile(BUNDLE, bundle);
    console.log(`${BUNDLE}: ${size} bytes`);
  }
}
