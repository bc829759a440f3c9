import type { Plan } from "../plan/plan.ts";
import { finishDown, finishUp, recordProgress } from "../history/record.ts";
import { claimsOf } from "./step/claims.ts";
import { sessionSettings } from "./step/session-settings.ts";
import type { RunContext } from "./session/run-context.ts";
import { stepParts } from "./step/step-message.ts";

/** What would be sent for a plan, as SQL for a reviewer; variables of ENVSUB sections stand unreplaced. */
export function renderPlan(context: RunContext, plan: Plan): string {
  return plan.steps
    .map((step, number) => {
      const { migration, direction } = step;
      const title = `-- ${direction} ${number + 1}/${plan.steps.length}: ${migration.path}`;
      if (migration.transaction) {
        const parts = stepParts(context, step, number, plan.steps.length);
        const sql = parts.filter(({ kind }) => kind !== "done").map((part) => ended(part.statement?.text ?? part.sql));
        return [title, ...sql].join("\n\n");
      }
      const all = migration[direction] ?? [];
      const statements = all.slice(step.firstStatement);
      const settings = sessionSettings(all.slice(0, step.firstStatement));
      const { table, writer } = context;
      const body = statements.flatMap(({ text }, index) => {
        const last = index + 1 === statements.length;
        return [
          ended(text),
          ...(last ? [] : [ended(recordProgress(table, migration, step.firstStatement + index + 1, writer))]),
        ];
      });
      const finish = direction === "up" ? finishUp(table, migration, writer) : finishDown(table, migration, writer);
      return [
        `${title}\n-- outside a transaction`,
        "BEGIN;",
        ...claimsOf(context, step).map(ended),
        "COMMIT;",
        ...settings.map(({ text }) => ended(text)),
        ...body,
        ended(finish),
      ].join("\n\n");
    })
    .join("\n\n");
}

function ended(sql: string): string {
  return /;\s*$/.test(sql) ? sql : `${sql}\n;`;
}
