import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** What keys need to be changed by several people at once, to be rotated, and to carry their owner's own data. */
export class KeyLife1763740000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    const optional = (column: TableColumnOptions): TableColumn => new TableColumn({ ...column, isNullable: true });
    const text = (name: string, length: number): TableColumn =>
      optional({ name, type: 'varchar', length: String(length) });
    const time = (name: string): TableColumn => optional({ name, type: 'datetime', precision: 3 });
    await runner.addColumns('api_key', [
      optional({ name: 'metadata', type: 'text' }),
      new TableColumn({ name: 'version', type: driver.normalizeType({ type: Number }), default: '1' }),
      text('previous_public_id', 36),
      text('previous_secret_hash', 255),
      text('previous_pepper_id', 8),
      time('previous_valid_until'),
      time('previous_last_used_at'),
      optional({ name: 'previous_ends_on_first_use', type: driver.normalizeType({ type: Boolean }) }),
    ]);
    const index = { name: 'api_key_previous_public_id', columnNames: ['previous_public_id'], isUnique: true };
    await runner.createIndex('api_key', new TableIndex(index));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('api_key', 'api_key_previous_public_id');
    await runner.dropColumns('api_key', [
      'metadata',
      'version',
      'previous_public_id',
      'previous_secret_hash',
      'previous_pepper_id',
      'previous_valid_until',
      'previous_last_used_at',
      'previous_ends_on_first_use',
    ]);
  }
}
