import type { FailedStatement } from "./failed-statement.ts";

/** 2BP01: something depends on what is dropped; the server's detail names it. */
export function adviseOnDependents({ fields }: FailedStatement): string {
  const dependents = (fields.detail ?? "").split("\n").filter((line) => line.includes("depends on"));
  const list = dependents.map((line) => `  ${line}`);
  return [
    dependents.length === 0 ? "Other objects depend on what is dropped." : "Something depends on what is dropped:",
    ...list,
    "Drop or change that first, in this migration or an earlier one. DROP … CASCADE would take it along, also what other people made since.",
  ].join("\n");
}
