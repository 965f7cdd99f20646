import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** Which requests were carried out, by their `Idempotency-Key`, and what they were answered. */
export class Idempotency1763746000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    await runner.createTable(
      new Table({
        name: 'idempotency_record',
        columns: [
          { ...text('id', 64), isPrimary: true },
          text('fingerprint', 64),
          text('attempt', 36),
          { name: 'status', type: driver.normalizeType({ type: Number }), isNullable: true },
          { name: 'answer', type: 'json', isNullable: true },
          { name: 'expires_at', type: 'datetime', precision: 3 },
        ],
        indices: [{ name: 'idempotency_record_expiry', columnNames: ['expires_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('idempotency_record');
  }
}
