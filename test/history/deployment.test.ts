import { expect, test } from "vitest";
import { deploymentOf } from "../../src/history/deployment.ts";

test.each([
  [{}, undefined],
  [{ GITHUB_SHA: "", IMAGE: "  " }, undefined],
  [{ GITHUB_SHA: "1a2b", GANDER_COMMIT: "3c4d", PATH: "/bin" }, "commit 3c4d"],
  [{ CI_COMMIT_SHA: "1a2b", IMAGE: "images.example:5000/app:46" }, "commit 1a2b, image images.example:5000/app:46"],
  [{ K_REVISION: "app-00046-xyz" }, "image app-00046-xyz"],
  [{ IMAGE: "app:46@sha256:0123" }, "image app:46@sha256:0123"],
  [{ IMAGE: "me:secret@images.example/app:46" }, "image images.example/app:46"],
  [{ IMAGE: "https://me:secret@images.example/app:46" }, "image https://images.example/app:46"],
  [{ IMAGE: "x".repeat(201) }, undefined],
  [{ IMAGE: "a picture.png" }, undefined],
])("of %j is %s", (env, deployment) => {
  expect(deploymentOf(env)).toBe(deployment);
});
