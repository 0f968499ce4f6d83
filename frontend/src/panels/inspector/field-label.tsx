/** The label of a field. A long name may break where its words meet. */
import { Fragment, type ReactNode } from "react";

/** Names the field `id`. */
export function FieldLabel({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  return (
    <label htmlFor={id}>
      {name.split(/(?<=_)/).map((word, index) => (
        <Fragment key={word}>
          {index > 0 && <wbr />}
          {word}
        </Fragment>
      ))}
    </label>
  );
}
