/** A dialog over the page: the browser's own, so that Escape behaves and the focus goes back where it was. */
import { type ReactNode, useEffect, useRef } from "react";
import { useView } from "../../view/view-store";
import { IconButton } from "../icons";
import "./dialogs.css";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

/** Open as long as it is mounted; closing it says so to the view. */
export function Dialog({ title, children }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const forget = (): void => useView.getState().showDialog(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-label={title} onClose={forget} closedby="any">
      <div className="dialog-head">
        <h2>{title}</h2>
        <IconButton icon="close" name="Close" onClick={() => dialog.current?.close()} />
      </div>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
