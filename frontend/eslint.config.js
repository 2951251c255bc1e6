import js from "@eslint/js";
import { configs as lit } from "eslint-plugin-lit";
import litA11y from "eslint-plugin-lit-a11y";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig(
  { ignores: ["node_modules/", "dev/build/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked, lit["flat/recommended"]],
    plugins: { "lit-a11y": litA11y },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      ...litA11y.configs.recommended.rules,
      // Every row is a button and an article at once: keys are handled once, for the whole list.
      "lit-a11y/click-events-have-key-events": "off",
      // A clip that a camera recorded has no captions.
      "lit-a11y/media-has-caption": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // What a command answers, and which element a tag makes, is said where it is used.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // A "!" says that something is there; a cast says what.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      // Lit binds handlers to the element that renders them.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["tests/**", "dev/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["*.js", "*.mjs"],
    languageOptions: { globals: { Buffer: "readonly", console: "readonly", process: "readonly", URL: "readonly" } },
  },
);
