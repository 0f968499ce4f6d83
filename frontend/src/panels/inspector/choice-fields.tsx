/** Fields that choose: a list of choices and a switch. */
import { type ReactNode, useId } from "react";
import { FieldLabel } from "./field-label";

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  /** Value and text of each choice. */
  readonly choices: readonly (readonly [string, string])[];
  readonly required?: boolean;
  readonly title?: string;
  /** The list has a line of its own: its texts are long. */
  readonly wide?: boolean;
  readonly onChoose: (value: string) => void;
}

/** One labelled list of choices. */
export function ChoiceField({
  label,
  value,
  choices,
  required = false,
  title,
  wide = false,
  onChoose,
}: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <div className="field-row" data-required={required} data-wide={wide} title={title}>
      <FieldLabel id={id} name={label} />
      <select id={id} className="field" value={value} onChange={(event) => onChoose(event.target.value)}>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  /** Nothing is given: PyTorch's default is shown. */
  readonly isDefault?: boolean;
  readonly title?: string;
  readonly onChange: (on: boolean) => void;
}

/** One labelled switch. */
export function SwitchField({ label, on, isDefault = false, title, onChange }: SwitchProps): ReactNode {
  const id = useId();
  return (
    <div className="field-row" title={title}>
      <FieldLabel id={id} name={label} />
      <button
        id={id}
        type="button"
        role="switch"
        className="switch"
        aria-checked={on}
        aria-label={label}
        data-default={isDefault}
        onClick={() => onChange(!on)}
      />
    </div>
  );
}
