import { ConfigError } from "../../errors.ts";

/** `host=… password='it\'s'`: values end at white space unless they are quoted; a backslash takes the next character as it is. */
export function parseKeywordDsn(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const name = /[^=\s]*/y;
    name.lastIndex = at;
    const [key] = name.exec(text) ?? [""];
    at = skipSpace(text, at + key.length);
    // What stands there may be the end of a password with a space in it, so it is not repeated.
    if (text[at] !== "=") throw mistake("a word has no = behind it");
    if (key === "") throw mistake("a = has no name before it");
    at = skipSpace(text, at + 1);
    const { value, end } = text[at] === "'" ? readQuoted(text, at + 1, key) : readBare(text, at);
    parameters.set(key, value);
    at = skipSpace(text, end);
  }
  return parameters;
}

interface Value {
  readonly value: string;
  readonly end: number;
}

function readBare(text: string, from: number): Value {
  let value = "";
  let at = from;
  for (; at < text.length && !/\s/.test(text[at]!); at++) {
    if (text[at] === "\\" && at + 1 < text.length) at++;
    value += text[at];
  }
  return { value, end: at };
}

function readQuoted(text: string, from: number, key: string): Value {
  let value = "";
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") {
      // libpq knows only \' here; doubled quotes, as in SQL, can mean nothing else.
      if (text[at + 1] !== "'") return { value, end: at + 1 };
      at++;
    } else if (text[at] === "\\" && at + 1 < text.length) at++;
    value += text[at];
  }
  throw mistake(`the quote after ${key}= is not closed`);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}

function mistake(what: string): ConfigError {
  return new ConfigError(`The connection string cannot be read: ${what}`, {
    hint: "Values with spaces are quoted: password='two words'; quotes and backslashes in them are written \\' and \\\\.",
  });
}
