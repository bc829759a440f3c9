/** Functions, types and operator classes that come with an extension. Source: "Additional Supplied Modules", PostGIS, pgvector. */
const PARTS: Readonly<Record<string, string>> = {
  "uuid-ossp": "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil",
  pgcrypto:
    "crypt gen_salt digest hmac gen_random_bytes encrypt decrypt pgp_sym_encrypt pgp_sym_decrypt pgp_pub_encrypt pgp_pub_decrypt",
  pg_trgm: "similarity word_similarity show_trgm gin_trgm_ops gist_trgm_ops",
  unaccent: "unaccent",
  fuzzystrmatch: "levenshtein soundex metaphone dmetaphone difference",
  tablefunc: "crosstab normal_rand connectby",
  dblink: "dblink dblink_connect dblink_exec",
  citext: "citext",
  hstore: "hstore",
  ltree: "ltree lquery",
  cube: "cube",
  intarray: "gin__int_ops gist__int_ops query_int",
  earthdistance: "earth ll_to_earth earth_distance",
  postgis: "geometry geography box2d box3d st_point st_makepoint st_setsrid st_distance st_dwithin st_geomfromtext",
  vector: "vector halfvec sparsevec vector_cosine_ops vector_l2_ops vector_ip_ops",
};

const EXTENSION_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(PARTS).flatMap(([extension, names]) => names.split(" ").map((name) => [name, extension])),
);

/** The statement that creates the extension which a function, type or operator class comes with. */
export function createExtensionFor(name: string): string | undefined {
  const extension = EXTENSION_OF.get(name.toLowerCase());
  if (extension === undefined) return undefined;
  return `CREATE EXTENSION IF NOT EXISTS ${extension.includes("-") ? `"${extension}"` : extension};`;
}
