/** The version of this package, as written into the log and shown by `gander --version`; a test holds it against package.json. */
export const GANDER_VERSION = "0.1.0";
