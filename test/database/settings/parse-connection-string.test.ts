import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { parseConnectionString } from "../../../src/database/settings/parse-connection-string.ts";

function parse(text: string): Record<string, string> {
  return Object.fromEntries(parseConnectionString(text));
}

describe("a URL", () => {
  test.each<[string, Record<string, string>]>([
    ["postgres://", {}],
    ["postgresql://localhost", { host: "localhost" }],
    ["POSTGRES://localhost", { host: "localhost" }],
    ["postgres://localhost:5433", { host: "localhost", port: "5433" }],
    ["postgres://localhost/app", { host: "localhost", dbname: "app" }],
    ["postgres://user@localhost", { user: "user", host: "localhost" }],
    ["postgres://user:secret@localhost/", { user: "user", password: "secret", host: "localhost" }],
    ["postgres://user:@localhost", { user: "user", host: "localhost" }],
    ["postgres:///app", { dbname: "app" }],
    ["postgres:///app?host=/var/run/postgresql", { dbname: "app", host: "/var/run/postgresql" }],
    ["postgresql://%2Fvar%2Frun/app", { host: "/var/run", dbname: "app" }],
    ["postgres://[::1]:5433/app", { host: "::1", port: "5433", dbname: "app" }],
    ["postgres://[2001:db8::1234]/app", { host: "2001:db8::1234", dbname: "app" }],
    ["postgres://a:1,b:2/app", { host: "a,b", port: "1,2", dbname: "app" }],
    ["postgres://a,b:2/app", { host: "a,b", port: ",2", dbname: "app" }],
    ["postgres://[::1]:1,b/app", { host: "::1,b", port: "1,", dbname: "app" }],
    [
      "postgres://h1:1,h2:2/db?target_session_attrs=read-write",
      { host: "h1,h2", port: "1,2", dbname: "db", target_session_attrs: "read-write" },
    ],
    ["postgres://u%40x:p%2F%3A%25@h/d%20b", { user: "u@x", password: "p/:%", host: "h", dbname: "d b" }],
    ["postgres://u:p@ss@h/db", { user: "u", password: "p@ss", host: "h", dbname: "db" }],
    ["postgres://u:a:b#c@h/db", { user: "u", password: "a:b#c", host: "h", dbname: "db" }],
    ["postgres://u:p+q@h", { user: "u", password: "p+q", host: "h" }],
    ["postgres://h/db?options=-c%20work_mem%3D4MB&sslmode=", { host: "h", dbname: "db", options: "-c work_mem=4MB" }],
    ["postgres://h?a=b=c", { host: "h", a: "b=c" }],
    ["  postgres://h/db\n", { host: "h", dbname: "db" }],
  ])("%s", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each([
    ["postgres://u:secret/x@h/db", /\/ before the @/],
    ["postgres://u:secret/x", /port is not a number/],
    ["postgres://u:123/secret@h/db", /\/ before the @/],
    ["postgres://u:secret?x@h/db", /./],
    ["postgres://u:se%cret@h/db", /%.*percent-encoded/],
    ["postgres://h:port/db", /port/],
    ["postgres://[::1/db", /./],
    ["postgres://h/db?sslmode", /name=value/],
    ["postgres://h/db?=x", /name=value/],
  ])("%s is refused without a word of the password", (text, message) => {
    expect(() => parse(text)).toThrow(ConfigError);
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).not.toThrow(/secret|cret/);
  });
});

describe("a keyword/value string", () => {
  test.each<[string, Record<string, string>]>([
    ["", {}],
    ["host=localhost", { host: "localhost" }],
    ["user=x dbname=y sslmode=disable", { user: "x", dbname: "y", sslmode: "disable" }],
    ["host = localhost\tport\n=\n5433", { host: "localhost", port: "5433" }],
    ["host='local host'", { host: "local host" }],
    [String.raw`password='it\'s \\ "quoted"'`, { password: `it's \\ "quoted"` }],
    ["password='it''s'", { password: "it's" }],
    [String.raw`password='it''s \' quoted' host=h`, { password: "it's ' quoted", host: "h" }],
    [String.raw`password=a\ b\'c`, { password: "a b'c" }],
    ["password='' host=h", { password: "", host: "h" }],
    ["password= host=h", { password: "host=h" }],
    ["options='-c search_path=a,b'", { options: "-c search_path=a,b" }],
    ["password=p=q", { password: "p=q" }],
    ["host=a host=b", { host: "b" }],
  ])("%j", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each(["host=h secret", "password='secret", "host=h =secret", "=secret"])(
    "%j is refused, not repeated",
    (text) => {
      expect(() => parse(text)).toThrow(ConfigError);
      expect(() => parse(text)).not.toThrow(/secret/);
    },
  );
});

describe("something else", () => {
  test.each([
    ["mysql://root@localhost/app", /^mysql: is not a PostgreSQL/],
    ["sqlite:./app.db", /^sqlite: is not/],
    ["file:./dev.db", /^file: is not/],
    ["mongodb+srv://cluster/app", /^mongodb\+srv: is not/],
    ["jdbc:postgresql://localhost/app?user=x", /JDBC/],
    ["jdbc:mysql://localhost/app", /^jdbc: is not/],
    ["postgresql+asyncpg://localhost/app", /driver in postgresql\+asyncpg/],
    ["https://example.com", /^https: is not/],
    ["localhost:5432/app", /does not begin with postgres/],
    ["db.example.com:5432", /does not begin with postgres/],
    ["app", /neither a URL nor/],
  ])("%s is named", (text, message) => {
    expect(() => parse(text)).toThrow(ConfigError);
    expect(() => parse(text)).toThrow(message);
  });
});
