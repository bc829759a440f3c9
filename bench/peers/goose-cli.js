import { buildGoose } from "./goose-build.js";
import { writeGooseFiles } from "./goose-files.js";

let program;

export default {
  title: "goose CLI",
  runtime: "go",
  transaction: "file",
  readsFiles: false,
  setup: () => {
    program = buildGoose("goose", "github.com/pressly/goose/v3/cmd/goose");
  },
  prepare: writeGooseFiles,
  command: (url, folder) => [program, "-dir", folder, "postgres", url, "up"],
};
