/** What gander needs of a PGlite instance; structural, so that no type of PGlite is needed to use gander. */
export interface PGliteLike {
  readonly waitReady: Promise<void>;
  readonly closed: boolean;
  runExclusive<T>(work: () => Promise<T>): Promise<T>;
  execProtocol(message: Uint8Array, options?: object): Promise<unknown>;
}
