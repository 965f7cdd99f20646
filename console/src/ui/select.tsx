import type { ControlProps } from './field.js';

interface SelectProps extends Partial<ControlProps> {
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
  'aria-label'?: string;
}

export function Select({ value, options, onChange, ...control }: SelectProps) {
  return (
    <select {...control} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {options.map(([one, label]) => (
        <option key={one} value={one} selected={one === value}>
          {label}
        </option>
      ))}
    </select>
  );
}
