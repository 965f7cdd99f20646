import { Table, TableColumn, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });

/** Keys that somebody has found: what a key says of it, what has been reported, and what merchants want done. */
export class Exposures1763754000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('api_key', [
      new TableColumn({ ...time('exposed_at'), isNullable: true }),
      new TableColumn({ ...text('exposed_source', 10), isNullable: true }),
    ]);
    await runner.createTable(
      new Table({
        name: 'exposure_report',
        columns: [
          { ...text('id', 36), isPrimary: true },
          text('sealed_key', 1000),
          text('source', 10),
          { ...text('place', 300), isNullable: true },
          { ...text('address', 45), isNullable: true },
          { ...text('user_agent', 200), isNullable: true },
          { ...text('request_id', 36), isNullable: true },
          time('created_at'),
        ],
        indices: [{ name: 'exposure_report_time', columnNames: ['created_at', 'id'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'exposure_policy',
        columns: [
          { ...text('merchant_id', 36), isPrimary: true },
          text('reported', 10),
          text('in_query', 10),
          text('over_http', 10),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('exposure_policy');
    await runner.dropTable('exposure_report');
    await runner.dropColumns('api_key', ['exposed_at', 'exposed_source']);
  }
}
