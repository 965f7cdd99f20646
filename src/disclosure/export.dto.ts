/** A line of an export. The first one has the type `export`. */
export class ExportLineView {
  /** What the line is about. */
  type:
    | 'export'
    | 'account'
    | 'api_key'
    | 'application'
    | 'audit_event'
    | 'identity'
    | 'member'
    | 'merchant'
    | 'passkey'
    | 'personal_key'
    | 'session'
    | 'shared_limit'
    | 'webhook';

  /**
   * The thing itself. In the first line, `schemas` names the schema of each type: a reference into the OpenAPI document. An `identity` is how
   * an OpenID provider knows the person: `issuer`, `subject` and `createdAt`.
   * @example { "id": "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11", "name": "UK store" }
   */
  data: Record<string, unknown>;
}
