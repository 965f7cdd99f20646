import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** What sessions need: the keys that sign their tokens, and the tokens that were revoked before their end. */
export class Oauth1763744000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const int = runner.dataSource.driver.normalizeType({ type: Number });
    const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });

    await runner.createTable(
      new Table({
        name: 'signing_key',
        columns: [
          primary(text('id', 43)),
          { name: 'number', type: int },
          { name: 'public_jwk', type: 'text' },
          text('encrypted_private_jwk', 500),
          { name: 'token_ttl_seconds', type: int },
          time('created_at'),
          time('signs_from'),
        ],
        indices: [{ name: 'signing_key_number', columnNames: ['number'], isUnique: true }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'revoked_session',
        columns: [primary(text('id', 36)), text('key_id', 36), time('expires_at')],
        indices: [
          { name: 'revoked_session_key', columnNames: ['key_id'] },
          { name: 'revoked_session_end', columnNames: ['expires_at'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['revoked_session', 'signing_key']) await runner.dropTable(table);
  }
}
