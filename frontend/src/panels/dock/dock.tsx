/** The dock under the canvas: loss, autograd graph, code, problems. */
import type { KeyboardEvent, ReactNode } from "react";
import { useRun } from "../../run/run-store";
import { type DockTab, useView } from "../../view/view-store";
import { IconButton } from "../icons";
import { AutogradView } from "./autograd-view";
import { CodeView } from "./code-view";
import { DockGrip, DockSize } from "./dock-height";
import { ForgetEarlier, LossScale, LossView } from "./loss-view";
import { ProblemsList } from "./problems-list";
import "./dock.css";

const TABS: readonly (readonly [DockTab, string])[] = [
  ["loss", "Loss"],
  ["autograd", "Autograd graph"],
  ["code", "Code"],
  ["problems", "Problems"],
];

/** Tabs, and the panel of the chosen one; folded it is a row of tabs. */
export function Dock(): ReactNode {
  const dockTab = useView((view) => view.dockTab);
  const dockOpen = useView((view) => view.dockOpen);
  const dockHeight = useView((view) => view.dockHeight);
  const showTab = useView((view) => view.showTab);
  const toggle = useView((view) => view.toggle);
  return (
    <div className="shell-dock dock" style={dockOpen ? { height: dockHeight } : undefined}>
      {dockOpen && <DockGrip />}
      <div className="dock-tabs">
        <Tabs chosen={dockOpen ? dockTab : null} onChoose={showTab} />
        <div className="dock-tools">
          {dockOpen && dockTab === "loss" && <ForgetEarlier />}
          {dockOpen && dockTab === "loss" && <LossScale />}
          {dockOpen && <DockSize />}
          <IconButton
            icon={dockOpen ? "down" : "up"}
            name={dockOpen ? "Fold the dock" : "Unfold the dock"}
            onClick={() => toggle("dock")}
          />
        </div>
      </div>
      {dockOpen && (
        <div className="dock-panel" role="tabpanel" id="dock-panel" aria-labelledby={`dock-tab-${dockTab}`}>
          <Panel tab={dockTab} />
        </div>
      )}
    </div>
  );
}

function Panel({ tab }: { readonly tab: DockTab }): ReactNode {
  if (tab === "autograd") return <AutogradView />;
  if (tab === "code") return <CodeView />;
  if (tab === "problems") return <ProblemsList />;
  return <LossView />;
}

interface TabsProps {
  readonly chosen: DockTab | null;
  readonly onChoose: (tab: DockTab) => void;
}

function Tabs({ chosen, onChoose }: TabsProps): ReactNode {
  const problems = useRun((run) => run.layout?.layout.problems.length ?? 0);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = TABS.findIndex(([tab]) => tab === chosen);
    const [next] = TABS[(at + step + TABS.length) % TABS.length] ?? [];
    if (!next) return;
    onChoose(next);
    event.currentTarget.querySelector<HTMLElement>(`#dock-tab-${next}`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="dock-tabs-list" role="tablist" aria-label="Dock" onKeyDown={onKeyDown}>
      {TABS.map(([tab, name]) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`dock-tab-${tab}`}
          className="dock-tab"
          aria-selected={tab === chosen}
          aria-controls="dock-panel"
          aria-label={name}
          tabIndex={tab === (chosen ?? "loss") ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {name}
          {tab === "problems" && problems > 0 && <span className="dock-count">{problems}</span>}
        </button>
      ))}
    </div>
  );
}
