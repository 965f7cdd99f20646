import type { Application } from './application.entity.js';
import type { ApplicationView } from './applications.dto.js';

export function presentApplication({
  id,
  name,
  description,
  isEnabled,
  environment,
  createdAt,
}: Application): ApplicationView {
  return { id, name, description, isEnabled, environment, createdAt: createdAt.toISOString() };
}
