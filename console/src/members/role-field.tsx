import { ROLES, type Role } from '../../../src/access/levels.js';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';

interface RoleFieldProps {
  value: Role;
  problem: string | undefined;
  onChange: (role: Role) => void;
}

/** The roles up to the person's own. */
export function RoleField({ value, problem, onChange }: RoleFieldProps) {
  const { members, roles, roleHints } = useTexts();
  const { level } = useSession();
  const allowed = (Object.keys(ROLES) as Role[]).filter((role) => ROLES[role] <= level || role === value);
  return (
    <Field label={members.role} hint={roleHints[value]} problem={problem}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={allowed.map((role): [string, string] => [role, `${roles[role]} (${ROLES[role]})`])}
          onChange={(role) => onChange(role as Role)}
        />
      )}
    </Field>
  );
}
