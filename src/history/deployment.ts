/** What names the commit that a program was built of; the first one that is set counts. */
const COMMITS = [
  "GANDER_COMMIT",
  "GIT_COMMIT",
  "GITHUB_SHA",
  "CI_COMMIT_SHA",
  "HEROKU_SLUG_COMMIT",
  "RENDER_GIT_COMMIT",
  "VERCEL_GIT_COMMIT_SHA",
  "RAILWAY_GIT_COMMIT_SHA",
];
/** What names the image or the revision that it runs as. */
const IMAGES = ["GANDER_IMAGE", "FLY_IMAGE_REF", "K_REVISION", "IMAGE"];

/** Nobody names a commit or an image at greater length; what is longer was meant for something else. */
const LONGEST = 200;

/** What runs here, as far as the environment names it: `commit 1a2b3c, image app:46`. */
export function deploymentOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== "" && isName(value));
  const [commit, image] = [first(COMMITS), first(IMAGES)];
  const parts = [commit && `commit ${commit}`, image && `image ${withoutPassword(image)}`].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function isName(value: string): boolean {
  return value.length <= LONGEST && /^[\x21-\x7e]+$/.test(value);
}

/** A registry's address may have a user and a password before its name. */
function withoutPassword(image: string): string {
  return image.replace(/^([a-z]+:\/\/)?[^/@]*:[^/@]*@(?=[^:]*[./])/i, "$1");
}
