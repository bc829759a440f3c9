// Empties dist, so that a file that was renamed leaves no old output behind.
import { rmSync } from "node:fs";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
