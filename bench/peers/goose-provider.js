import { buildGoose } from "./goose-build.js";
import { writeGooseFiles } from "./goose-files.js";

let program;

export default {
  title: "goose Provider + lock",
  runtime: "go",
  transaction: "file",
  readsFiles: false,
  setup: () => {
    program = buildGoose("goose-provider", ".");
  },
  prepare: writeGooseFiles,
  /** Prints a JSON list with the milliseconds of each of the runs. */
  timesCommand: (url, folder, runs) => [program, url, folder, String(runs)],
};
