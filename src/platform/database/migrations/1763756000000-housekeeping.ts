import {
  Table,
  TableColumn,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';

const POLICY = ['idle_after_days', 'idle_disable_after_days', 'idle_delete_after_days'];

/** Scheduled jobs, and their state for expiring and unused keys. */
export class Housekeeping1763756000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });
    const type = driver.normalizeType({ type: Number });
    await runner.createTable(
      new Table({
        name: 'job',
        columns: [
          { ...text('name', 40), isPrimary: true },
          { ...text('holder', 36), isNullable: true },
          { name: 'held_until', type: 'bigint', isNullable: true },
          { name: 'runs', type },
          { ...time('last_started_at'), isNullable: true },
          { ...time('last_finished_at'), isNullable: true },
          { ...text('last_outcome', 10), isNullable: true },
          { name: 'last_counts', type: 'text', isNullable: true },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'expiry_notice',
        columns: [{ ...text('id', 36), isPrimary: true }, time('due_at')],
        indices: [{ name: 'expiry_notice_due', columnNames: ['due_at'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'idle_key',
        columns: [
          { ...text('id', 36), isPrimary: true },
          text('merchant_id', 36),
          time('told_at'),
          { ...time('disabled_at'), isNullable: true },
        ],
        indices: [{ name: 'idle_key_merchant', columnNames: ['merchant_id'] }],
      }),
    );
    // The first run examines all keys that expire, and schedules their notifications.
    await runner.query(
      `INSERT INTO expiry_notice (id, due_at) SELECT id, created_at FROM api_key
         WHERE deleted_at IS NULL AND expires_at > ${isSqlite(runner) ? `strftime('%Y-%m-%d %H:%M:%f', 'now')` : 'UTC_TIMESTAMP(3)'}`,
    );
    await runner.createIndex('service', new TableIndex({ name: 'service_expiry', columnNames: ['expires_at'] }));
    for (const name of POLICY) await runner.addColumn('merchant', new TableColumn({ name, type, isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of POLICY) await runner.dropColumn('merchant', name);
    await runner.dropIndex('service', 'service_expiry');
    for (const name of ['idle_key', 'expiry_notice', 'job']) await runner.dropTable(name);
  }
}

const isSqlite = ({ dataSource }: QueryRunner): boolean => dataSource.options.type === 'better-sqlite3';
