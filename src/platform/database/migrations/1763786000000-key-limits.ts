import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const EXTERNAL_ID_INDEX = 'api_key_external_id';

/** What owners call their keys, by which keys are found. */
export class KeyLimits1763786000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await resizeExternalId(runner, 100, 255);
    const columnNames = ['merchant_id', 'deleted_at', 'external_id', 'created_at', 'id'];
    await runner.createIndex('api_key', new TableIndex({ name: EXTERNAL_ID_INDEX, columnNames }));
  }

  async down(runner: QueryRunner): Promise<void> {
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
