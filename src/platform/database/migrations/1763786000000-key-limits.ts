import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const EXTERNAL_ID_INDEX = 'api_key_external_id';

/** What owners call their keys, by which keys are found; several rate limits of a key, limits that keys
 * share, and resets of quotas. */
export class KeyLimits1763786000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await resizeExternalId(runner, 100, 255);
    const columnNames = ['merchant_id', 'deleted_at', 'external_id', 'created_at', 'id'];
    await runner.createIndex('api_key', new TableIndex({ name: EXTERNAL_ID_INDEX, columnNames }));
    await runner.addColumn('api_key', new TableColumn({ name: 'further_rate_limits', type: 'text', isNullable: true }));
    await runner.addColumn(
      'api_key',
      new TableColumn({ name: 'quota_reset_at', type: 'datetime', precision: 3, isNullable: true }),
    );
    await recreateRateShares(runner, ['key_id', 'window_ms', 'instance']);
    await createSharedLimits(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('shared_limit');
    await recreateRateShares(runner, ['key_id', 'instance']);
    await runner.dropColumn('api_key', 'quota_reset_at');
    await runner.dropColumn('api_key', 'further_rate_limits');
    await runner.dropIndex('api_key', EXTERNAL_ID_INDEX);
    await resizeExternalId(runner, 255, 100);
  }
}

/** On MySQL and MariaDB, `changeColumn` would drop the column with all it holds. */
async function resizeExternalId(runner: QueryRunner, from: number, to: number): Promise<void> {
  if (to < from) await runner.query(`UPDATE api_key SET external_id = NULL WHERE LENGTH(external_id) > ${to}`);
  const column = (length: number): TableColumn =>
    new TableColumn({ name: 'external_id', type: 'varchar', length: String(length), isNullable: true });
  if (runner.dataSource.options.type === 'better-sqlite3')
    await runner.changeColumn('api_key', column(from), column(to));
  else await runner.query(`ALTER TABLE api_key MODIFY external_id varchar(${to}) NULL`);
}

/** Shares are worked out anew: for a while they are equal. */
async function recreateRateShares(runner: QueryRunner, primary: string[]): Promise<void> {
  const wholeNumber = runner.dataSource.driver.normalizeType({ type: Number });
  const columns = [
    { name: 'key_id', type: 'varchar', length: '36' },
    { name: 'window_ms', type: 'bigint' },
    { name: 'instance', type: 'varchar', length: '36' },
    { name: 'share', type: 'bigint' },
    { name: 'of_limit', type: 'bigint' },
    { name: 'is_short', type: wholeNumber },
    { name: 'free_at', type: 'bigint' },
  ].map((column) => ({ ...column, isPrimary: primary.includes(column.name) }));
  await runner.dropTable('rate_share');
  await runner.createTable(new Table({ name: 'rate_share', columns }));
}

async function createSharedLimits(runner: QueryRunner): Promise<void> {
  const text = (name: string, length: string) => ({ name, type: 'varchar', length });
  const time = (name: string) => ({ name, type: 'datetime', precision: 3 });
  await runner.createTable(
    new Table({
      name: 'shared_limit',
      columns: [
        { ...text('id', '36'), isPrimary: true },
        text('merchant_id', '36'),
        text('external_id', '255'),
        { name: 'rate_limits', type: 'text', isNullable: true },
        { name: 'quota_limit', type: runner.dataSource.driver.normalizeType({ type: Number }), isNullable: true },
        { ...text('quota_period', '5'), isNullable: true },
        time('created_at'),
        time('updated_at'),
      ],
      indices: [{ name: 'shared_limit_external_id', columnNames: ['merchant_id', 'external_id'], isUnique: true }],
    }),
  );
}
