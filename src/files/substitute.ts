import type { Expression, ExpressionPart } from "./expression.ts";
import type { Substitution } from "./migration.ts";

/** What expressions are replaced from. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** An unset variable without a default becomes the empty text; else it is an error. */
  readonly allowUnset: boolean;
}

/** What stands in an expression's place, and the variables whose values are in it. */
export interface Value {
  readonly value: string;
  readonly used: readonly Substitution[];
}

/** An expression has no value; the message never holds the value of any variable. */
export interface NoValue {
  readonly kind: "no-value";
  readonly name: string;
  readonly message: string;
  readonly hint: string;
}

/** Replaces one expression. */
export function substitute(expression: Expression, environment: Environment): Value | NoValue {
  const { name, form } = expression;
  const set = Object.hasOwn(environment.variables, name) ? environment.variables[name] : undefined;
  switch (form.kind) {
    case "plain":
      return set === undefined ? unset(name, environment) : taken(name, set);
    case "default":
      return set === undefined || (form.orEmpty && set === "") ? join(form.parts, environment) : taken(name, set);
    case "required":
      if (set !== undefined && !(form.orEmpty && set === "")) return taken(name, set);
      return required(name, set, form.message.trim());
    case "substring":
      return set === undefined ? unset(name, environment) : taken(name, cut(set, form.from, form.length));
  }
}

function join(parts: readonly ExpressionPart[], environment: Environment): Value | NoValue {
  let value = "";
  const used: Substitution[] = [];
  for (const part of parts) {
    const piece = typeof part === "string" ? { value: part, used: [] } : substitute(part, environment);
    if ("kind" in piece) return piece;
    value += piece.value;
    used.push(...piece.used);
  }
  return { value, used };
}

function taken(name: string, value: string): Value {
  return { value, used: value === "" ? [] : [{ name, value }] };
}

function unset(name: string, environment: Environment): Value | NoValue {
  if (environment.allowUnset) return { value: "", used: [] };
  return {
    kind: "no-value",
    name,
    message: `the environment variable ${name} is not set`,
    hint: `set it, or write \${${name}:-default} (\${${name}:-} for the empty text), or allow unset variables (--allow-unset-env)`,
  };
}

function required(name: string, set: string | undefined, message: string): NoValue {
  const state = set === undefined ? "is not set" : "is empty";
  return {
    kind: "no-value",
    name,
    message: `the environment variable ${name} ${state}${message === "" ? "" : `: ${message}`}`,
    hint: "set it",
  };
}

/** A part of the value by bytes of UTF-8, as goose counts; negative numbers count from the end. */
function cut(value: string, from: number, length: number | undefined): string {
  const bytes = Buffer.from(value, "utf8");
  const size = bytes.length;
  const start = Math.min(Math.max(from < 0 ? from + size : from, 0), size);
  if (length === undefined) return bytes.toString("utf8", start);
  const end = length < 0 ? length + size : start + length;
  return bytes.toString("utf8", start, Math.min(Math.max(end, start), size));
}
