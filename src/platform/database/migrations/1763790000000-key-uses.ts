import { Table, TableColumn, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** Where keys are used from, for which scopes, and who still uses credentials that were replaced; and when keys were given their scopes. */
export class KeyUses1763790000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });
    const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
    const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
    await runner.createTable(
      new Table({
        name: 'last_source',
        columns: [
          primary(text('key_id', 36)),
          time('used_at'),
          nullable(text('network', 43)),
          nullable(text('agent', 40)),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'scope_use',
        columns: [primary(text('key_id', 36)), primary(text('scope', 100)), time('used_at')],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'previous_use',
        columns: [
          ...[text('key_id', 36), text('public_id', 36), time('hour'), text('network', 43), text('agent', 40)].map(
            primary,
          ),
          { name: 'count', type: 'bigint' },
        ],
      }),
    );
    await runner.addColumn('api_key', new TableColumn(nullable(time('scopes_granted_at'))));
    // Kept counts lack the keys with unused scopes, and are counted anew.
    await runner.query('DELETE FROM key_census');
    // Of keys that exist already, uses of scopes are known from now on.
    const now = new Date().toISOString().slice(0, -1).replace('T', ' ');
    await runner.query('UPDATE api_key SET scopes_granted_at = ? WHERE scopes IS NOT NULL', [now]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('api_key', 'scopes_granted_at');
    for (const table of ['previous_use', 'scope_use', 'last_source']) await runner.dropTable(table);
  }
}
