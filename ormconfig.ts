import { DataSource } from 'typeorm';
import { TABLES } from './src/entities.js';
import { loadConfig } from './src/platform/config/config.js';
import { dataSourceOptions } from './src/platform/database/data-source.js';

/** The data source of TypeORM's command line: `npx typeorm -d dist/ormconfig.js migration:show`. */
export default new DataSource(dataSourceOptions(loadConfig(process.env).DATABASE_URL, TABLES));
