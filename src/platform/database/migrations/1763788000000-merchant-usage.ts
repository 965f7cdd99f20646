import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** Counts of verifications by merchant, application, external id and outcome, and by key and day. */
export class MerchantUsage1763788000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
    const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });
    const count: TableColumnOptions = { name: 'count', type: 'bigint' };
    const personalOf = {
      name: 'personal_of',
      type: runner.dataSource.driver.normalizeType({ type: Number }),
      isNullable: true,
    };
    await runner.createTable(
      new Table({
        name: 'merchant_usage',
        columns: [
          ...[text('merchant_id', 36), text('external_id', 255), time('hour')].map(primary),
          ...[text('application_id', 36), text('outcome', 20)].map(primary),
          count,
        ],
        indices: [{ name: 'merchant_usage_hour', columnNames: ['hour'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'key_day',
        columns: [
          ...[text('merchant_id', 36), time('day'), text('key_id', 36), text('outcome', 20)].map(primary),
          text('application_id', 36),
          text('external_id', 255),
          personalOf,
          count,
        ],
        indices: [{ name: 'key_day_day', columnNames: ['day'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['key_day', 'merchant_usage']) await runner.dropTable(table);
  }
}
