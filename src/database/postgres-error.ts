/** The fields of a server's error message, as PostgreSQL's protocol names them. */
export interface PostgresErrorFields {
  readonly severity: string;
  readonly sqlState: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** 1-based, in code points, over the whole message that was sent. */
  readonly position?: number | undefined;
  readonly internalPosition?: number | undefined;
  readonly internalQuery?: string | undefined;
  readonly where?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
}

/** A statement was refused by the server. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  readonly fields: PostgresErrorFields;
  /** How many statements of the message completed before the one that failed. */
  readonly completed: number;

  constructor(fields: PostgresErrorFields, completed: number) {
    super(fields.message);
    this.fields = fields;
    this.completed = completed;
  }

  get sqlState(): string {
    return this.fields.sqlState;
  }
}
