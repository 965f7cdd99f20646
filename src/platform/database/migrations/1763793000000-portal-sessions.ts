import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const json = (name: string): TableColumnOptions => ({ name, type: 'text' });
const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });
const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });

/** Sessions in which end users manage their own keys. */
export class PortalSessions1763793000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'portal_session',
        columns: [
          { ...text('id', 36), isPrimary: true },
          text('merchant_id', 36),
          nullable(text('application_id', 36)),
          text('external_id', 255),
          json('allow'),
          nullable(json('scopes')),
          json('limits'),
          nullable(text('link_hash', 64)),
          { name: 'account_id', type: runner.dataSource.driver.normalizeType({ type: Number }) },
          nullable(text('key_id', 36)),
          nullable(text('login_session_id', 36)),
          time('created_at'),
          time('expires_at'),
          nullable(time('ended_at')),
        ],
        indices: [
          { name: 'portal_session_merchant', columnNames: ['merchant_id'] },
          { name: 'portal_session_link', columnNames: ['link_hash'], isUnique: true },
          { name: 'portal_session_expiry', columnNames: ['expires_at'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('portal_session');
  }
}
