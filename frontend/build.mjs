// Bundles the cards into the one module that the integration serves.
// "--check" compares instead of writing; "--dev" serves dev/index.html, which feeds the cards with made-up events.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const BUNDLE = here("../custom_components/camera_push/frontend/camera-push.js");
const LIMIT = 100_000;

// Names of properties that are nobody else's: neither Home Assistant's, the browser's, Lit's nor fields of messages.
// Private members have a name that begins with an underscore, those of Lit too.
const OWN = `
  ago announce assertive busy canWrite chosen choose clock closed connectivity count counts dateLong dateShort dayName dayOf
  firstDay fresh headBottom heights inView inViewChanged innerScroller isActive isAtTop isComplete isEmpty isFresh
  isLined isLive isOpen isUpdatePending keepAround keepHeightOf listChanged listElement live mayMove measure neighbour newer
  newest offset older oldest pages params pending plural polite properties rememberLooked removed renderRoot rendered
  requestUpdate reveal rowEstimate say scrollToTop scroller seenUntil setItems showDay showPending showPlate spelled
  startDay startOf status styles texts timeline turned typed updateComplete updated visible willUpdate`.match(/\w+/g);

// Where the names of others are.
const { selector } = JSON.parse(await readFile(here("../custom_components/camera_push/translations/en.json"), "utf8"));
const others = [
  ...(await Promise.all(["config", "events", "forms", "hass", "icons", "strategy"].map((name) => readFile(here(`src/${name}.ts`), "utf8")))),
  Object.values(selector.card.options).join().match(/\{\w+\}/g).join(),
]
  .join()
  .replace(/\/\*\*.*?\*\/|\/\/.*/g, "");
for (const name of OWN) {
  if (new RegExp(`\\b${name}\\b\\??[:}(]`).test(others)) {
    throw new Error(`${name} is not only a name of the cards.`);
  }
}

// Custom properties of the cards, each with a short name.
const sources = (await readdir(here("src"))).sort();
const properties = [
  ...new Set(
    (await Promise.all(sources.map((file) => readFile(here(`src/${file}`), "utf8"))))
      .join("")
      .match(/--cp-[a-z-]+/g),
  ),
];

// Blanks and quotes in templates are for those who read the source.
const templates = {
  name: "templates",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const parts = source.split(/\bcss`([^`]*)`/);
      for (let index = 0; index < parts.length; index += 1) {
        if (index % 2) {
          const { code } = await esbuild.transform(parts[index], { loader: "css", minify: true, target: "esnext" });
          parts[index] = `css\`${code.trim().replace(/(--[\w-]+): /g, "$1:").replaceAll(", ", ",").replaceAll("\\", "\\\\")}\``;
        } else {
          parts[index] = parts[index]
            .replace(/(>|\})\n\s*(<|\$\{)/g, "$1$2")
            .replace(/\n\s+/g, "\n")
            .replace(/([ \n][a-z-]+=)"([\w-]+|\$\{[^"{}]+\})"(?=[ \n>])/g, "$1$2")
            .replace(/\n?(\/?>)/g, "$1");
        }
      }
      return { contents: parts.join("").replace(/--cp-[a-z-]+/g, (name) => `--_${properties.indexOf(name).toString(36)}`), loader: "ts" };
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
  mangleProps: new RegExp(`^(_.*|${OWN.join("|")})$`),
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
