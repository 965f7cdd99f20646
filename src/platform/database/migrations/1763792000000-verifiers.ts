import { Table, TableColumn, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const number = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });

/** Verifiers in the processes of merchants, and how far those of each merchant have followed its changes at each instance. */
export class Verifiers1763792000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('key_change', new TableColumn(nullable(text('merchant_id', 36))));
    await runner.createTable(
      new Table({
        name: 'verifier',
        columns: [
          primary(text('id', 36)),
          text('merchant_id', 36),
          text('key_id', 36),
          nullable(text('name', 100)),
          nullable(text('instance_id', 36)),
          number('acknowledged_revision'),
          number('reported_uses'),
          number('attached_at_ms'),
          number('seen_at_ms'),
          nullable(number('reported_at_ms')),
        ],
        indices: [{ name: 'verifier_merchant', columnNames: ['merchant_id'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'instance_verifiers',
        columns: [primary(text('instance_id', 36)), primary(text('merchant_id', 36)), number('applied_revision')],
        indices: [{ name: 'instance_verifiers_merchant', columnNames: ['merchant_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['instance_verifiers', 'verifier']) await runner.dropTable(table);
    await runner.dropColumn('key_change', 'merchant_id');
  }
}
