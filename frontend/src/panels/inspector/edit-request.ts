/** Puts the focus into the inspector where another part of the page asks for it. */
import { type RefObject, useEffect } from "react";
import { useView } from "../../view/view-store";

/** Puts the focus where another part of the page asks for it, and has perhaps unfolded the inspector to. */
export function useEditRequest(region: RefObject<HTMLElement | null>): void {
  const request = useView((view) => view.editRequest);
  useEffect(() => {
    if (!request) return;
    useView.setState({ editRequest: null });
    const selector =
      request.field === "id"
        ? "[data-edit=id]"
        : ".fields input, .fields select, .fields textarea, button[role=switch]";
    const fields = [...(region.current?.querySelectorAll<HTMLElement>(selector) ?? [])];
    const field = fields.find(isMissing) ?? fields[0];
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }, [region, request]);
}

/** Whether something required is to be given here: that is what a person opens the fields for. */
function isMissing(field: HTMLElement): boolean {
  return field.closest("[data-required=true]") !== null && "value" in field && field.value === "";
}
