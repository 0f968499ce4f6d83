/** Puts the chosen theme on the page and remembers it in this browser. */
import { useEffect } from "react";
import { type Theme, useView } from "../view/view-store";

const KEY = "gradcanvas.theme";
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

/** Reads the remembered theme and puts it on, before anything is drawn. */
export function applyRememberedTheme(): void {
  const kept = remembered();
  useView.getState().setTheme(kept);
  apply(kept);
}

/** Keeps the page in the chosen theme, and in the system's where that is chosen. */
export function useTheme(): void {
  const theme = useView((view) => view.theme);
  useEffect(() => {
    apply(theme);
    remember(theme);
    const follow = (): void => apply(useView.getState().theme);
    prefersDark.addEventListener("change", follow);
    return () => prefersDark.removeEventListener("change", follow);
  }, [theme]);
}

function apply(theme: Theme): void {
  const dark = theme === "dark" || (theme === "auto" && prefersDark.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  useView.getState().setDark(dark);
}

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto";
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing still shows the theme.
  }
}
