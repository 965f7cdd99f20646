import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** Mails that are to be sent, and who wants which. */
export class Notifications1763757000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const type = runner.dataSource.driver.normalizeType({ type: Number });
    const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });
    await runner.createTable(
      new Table({
        name: 'mail_outbox',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'account_id', type },
          { name: 'items', type: 'text' },
          { name: 'item_count', type },
          { name: 'attempts', type },
          { ...time('next_attempt_at'), isNullable: true },
          { name: 'last_error', type: 'varchar', length: '200', isNullable: true },
          time('created_at'),
          { ...time('sent_at'), isNullable: true },
          { ...time('failed_at'), isNullable: true },
        ],
        indices: [
          { name: 'mail_outbox_account', columnNames: ['account_id'] },
          { name: 'mail_outbox_due', columnNames: ['next_attempt_at'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'notification_choice',
        columns: [{ name: 'account_id', type, isPrimary: true }, { name: 'events', type: 'text' }, time('updated_at')],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['notification_choice', 'mail_outbox']) await runner.dropTable(name);
  }
}
