import { optionalPackage } from '../../runtime/optional-package.js';

/** The driver of MySQL and MariaDB, which SQLite has no use for. */
export const mysql = optionalPackage<typeof import('mysql2')>('mysql2');
