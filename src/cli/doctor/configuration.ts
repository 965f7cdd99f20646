import { randomBytes } from 'node:crypto';
import { readOidcSettings } from '../../auth/oidc/oidc-settings.js';
import { ConfigError } from '../../platform/config/config-error.js';
import { loadConfig, SECRETS, type Config } from '../../platform/config/config.js';
import { SECRETS_FILE } from '../../platform/config/generated-secrets.js';
import { startWarnings } from '../../platform/config/start-warnings.js';
import { readOwnSecrets } from '../restore/own-secrets.js';
import { ok, problem, warning, type Finding } from './finding.js';

type Findings = Omit<Finding, 'name'>[];

/** The settings of the environment, as far as they can be used. */
export interface Settings {
  /** `null` when a server would refuse them. */
  config: Config | null;
  /** Whether the secrets are there that a server would have. */
  hasSecrets: boolean;
  findings: Findings;
}

/** Reads the settings as a server would, and generates no secrets. */
export function readSettings(): Settings {
  try {
    const own = readOwnSecrets();
    const missing = SECRETS.filter((name) => own[name] === undefined);
    // What a server would generate, so that everything else can be looked at.
    const drawn = Object.fromEntries(missing.map((name) => [name, randomBytes(32).toString('base64url')]));
    const isProduction = process.env.NODE_ENV === 'production';
    const config = loadConfig({ ...process.env, ...own, ...(!isProduction && drawn) });
    readOidcSettings(config);
    const findings = [
      ...startWarnings(config).map(warning),
      ...(missing.length === 0
        ? []
        : [
            warning(
              `${missing.join(', ')} are not set and not in ${SECRETS_FILE}. The first start generates them; for an existing database, put them back.`,
            ),
          ]),
    ];
    return { config, hasSecrets: missing.length === 0, findings: findings.length > 0 ? findings : [ok('valid')] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first = '', ...lines] = error.message.split('\n').map((line) => line.replace(/^ +- /, ''));
    return { config: null, hasSecrets: false, findings: (lines.length > 0 ? lines : [first]).map(problem) };
  }
}
