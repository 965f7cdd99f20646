import { Table, TableColumn, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** What verification needs: key changes and instances for the barrier, usage, and what keys are limited to. */
export class Verification1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const number = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
    const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });
    const create = (name: string, ...columns: TableColumnOptions[]): Promise<void> =>
      runner.createTable(new Table({ name, columns }));

    await runner.createTable(
      new Table({
        name: 'key_change',
        columns: [primary(number('revision')), text('kind', 12), text('subject', 36), number('created_at_ms')],
        indices: [{ name: 'key_change_time', columnNames: ['created_at_ms'] }],
      }),
    );
    await create('key_revision', primary({ name: 'id', type: wholeNumber(runner) }), number('value'));
    await runner.query('INSERT INTO key_revision (id, value) VALUES (1, 0)');
    await create('instance', primary(text('id', 36)), number('lease_until'), number('applied_revision'));
    await create(
      'key_usage',
      primary(text('key_id', 36)),
      primary(time('hour')),
      primary(text('outcome', 20)),
      number('count'),
    );
    await create('quota_use', primary(text('key_id', 36)), primary(time('period_start')), number('used'));
    await runner.addColumns(
      'api_key',
      limits(runner).map((column) => new TableColumn({ ...column, isNullable: true })),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns(
      'api_key',
      limits(runner).map(({ name }) => name),
    );
    for (const table of ['quota_use', 'key_usage', 'instance', 'key_revision', 'key_change'])
      await runner.dropTable(table);
  }
}

const wholeNumber = (runner: QueryRunner): string => runner.dataSource.driver.normalizeType({ type: Number });

const limits = (runner: QueryRunner): TableColumnOptions[] => [
  { name: 'rate_limit', type: wholeNumber(runner) },
  { name: 'rate_window_seconds', type: wholeNumber(runner) },
  { name: 'quota_limit', type: wholeNumber(runner) },
  { name: 'quota_period', type: 'varchar', length: '5' },
  { name: 'allowed_ips', type: 'text' },
];
