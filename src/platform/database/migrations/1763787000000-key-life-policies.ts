import { TableColumn, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** Keys that rotate themselves, and policies for how long keys live. */
export class KeyLifePolicies1763787000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    const number = (name: string): TableColumnOptions => ({
      name,
      type: driver.normalizeType({ type: Number }),
      isNullable: true,
    });
    const flag = (name: string): TableColumnOptions => ({
      name,
      type: driver.normalizeType({ type: Boolean }),
      default: '0',
    });
    const issuedAt = { name: 'secret_issued_at', type: 'datetime', precision: 3, isNullable: true };
    await runner.addColumns(
      'api_key',
      [flag('self_rotate'), issuedAt].map((column) => new TableColumn(column)),
    );
    await runner.addColumns(
      'merchant',
      [number('key_max_life_seconds'), number('key_default_life_seconds'), flag('key_expiry_required')].map(
        (column) => new TableColumn(column),
      ),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('merchant', ['key_max_life_seconds', 'key_default_life_seconds', 'key_expiry_required']);
    await runner.dropColumns('api_key', ['self_rotate', 'secret_issued_at']);
  }
}
