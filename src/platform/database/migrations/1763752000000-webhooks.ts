import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** Where merchants want to be told of what happens, and what is to be sent there. */
export class Webhooks1763752000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
    const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const number = (name: string): TableColumnOptions => ({ name, type: driver.normalizeType({ type: Number }) });
    const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });

    await runner.createTable(
      new Table({
        name: 'webhook_endpoint',
        columns: [
          primary(text('id', 36)),
          text('merchant_id', 36),
          nullable(text('application_id', 36)),
          number('account_id'),
          text('url', 2000),
          nullable(text('description', 250)),
          { name: 'events', type: 'text' },
          text('encrypted_secret', 255),
          nullable(text('previous_encrypted_secret', 255)),
          nullable(time('previous_valid_until')),
          { name: 'is_enabled', type: driver.normalizeType({ type: Boolean }) },
          nullable(time('paused_at')),
          nullable(text('pause_reason', 10)),
          number('consecutive_failures'),
          nullable(time('failing_since')),
          time('created_at'),
          time('updated_at'),
        ],
        indices: [{ name: 'webhook_endpoint_merchant', columnNames: ['merchant_id', 'created_at'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'webhook_delivery',
        columns: [
          primary(text('id', 40)),
          text('endpoint_id', 36),
          text('merchant_id', 36),
          text('event_id', 40),
          text('event_type', 40),
          nullable(number('sequence')),
          { name: 'payload', type: 'text' },
          text('status', 10),
          number('attempts'),
          nullable(time('next_attempt_at')),
          nullable(text('claimed_by', 36)),
          nullable(number('last_status_code')),
          nullable(text('last_error', 250)),
          nullable(text('last_answer', 500)),
          time('created_at'),
          nullable(time('delivered_at')),
        ],
        indices: [
          { name: 'webhook_delivery_due', columnNames: ['status', 'endpoint_id', 'next_attempt_at'] },
          { name: 'webhook_delivery_endpoint', columnNames: ['endpoint_id', 'id'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['webhook_delivery', 'webhook_endpoint']) await runner.dropTable(table);
  }
}
