import { Table, TableColumn, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** What imported keys need: their formats, and room for slow hashes. */
export class Import1763748000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const number = (name: string): TableColumnOptions => ({
      name,
      type: runner.dataSource.driver.normalizeType({ type: Number }),
      isNullable: true,
    });
    await runner.createTable(
      new Table({
        name: 'import_format',
        columns: [
          { ...text('id', 36), isPrimary: true },
          text('merchant_id', 36),
          text('kind', 12),
          text('prefix', 64),
          number('length'),
          number('lookup_length'),
          { ...text('encrypted_pepper', 2000), isNullable: true },
          { name: 'created_at', type: 'datetime', precision: 3 },
        ],
        indices: [{ name: 'import_format_merchant', columnNames: ['merchant_id'] }],
      }),
    );
    await runner.addColumn('api_key', new TableColumn({ ...text('imported_prefix', 12), isNullable: true }));
    await resize(runner, 'secret_hash', 255);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resize(runner, 'secret_hash', 64);
    await runner.dropColumn('api_key', 'imported_prefix');
    await runner.dropTable('import_format');
  }
}

/** Gives a column another length, keeping what fits: `changeColumn` would drop it with all it holds on MySQL and MariaDB. */
async function resize(runner: QueryRunner, name: string, length: number): Promise<void> {
  const resized = { name: `${name}_resized`, type: 'varchar', length: String(length), isNullable: true };
  await runner.addColumn('api_key', new TableColumn(resized));
  await runner.query(`UPDATE api_key SET ${resized.name} = ${name} WHERE LENGTH(${name}) <= ${length}`);
  await runner.dropColumn('api_key', name);
  await runner.renameColumn('api_key', resized.name, name);
}
