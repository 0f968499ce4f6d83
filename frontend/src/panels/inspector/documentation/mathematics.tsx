/** A formula, set by KaTeX: as HTML to be seen and as MathML to be read aloud. */
import katex from "katex";
import "katex/dist/katex.css";
import { type ReactNode, useLayoutEffect, useRef } from "react";

interface Props {
  readonly text: string;
  /** It stands alone, in a line of its own that is scrolled where it is wide. */
  readonly display?: boolean;
  readonly commands?: Readonly<Record<string, string>>;
}

/** LaTeX that cannot be set stands as it was written. */
export function Mathematics({ text, display = false, commands = NONE }: Props): ReactNode {
  const place = useRef<HTMLDivElement & HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    setFormula(element, text, display, commands);
    if (!display) return undefined;
    element.style.fontSize = "";
    const refit = (): void => fitWidth(element);
    // It calls back at once, when the page has been laid out: asking for widths here would do that twice.
    const observer = new ResizeObserver(refit);
    observer.observe(element);
    document.fonts?.addEventListener("loadingdone", refit);
    return () => {
      observer.disconnect();
      document.fonts?.removeEventListener("loadingdone", refit);
    };
  }, [text, display, commands]);
  if (!display) return <span ref={place} className="formula" />;
  return <div ref={place} className="formula-display" />;
}

const NONE: Readonly<Record<string, string>> = {};
/** Widest rule, in em: algorithms of torch are framed by rules of a printed page's width. */
const WIDEST_RULE = 28;
/** A formula is made smaller to fit, down to this; one that is wider is broken into lines, and scrolled where it has no
place to be broken. */
const SMALLEST = 0.74;

function setFormula(
  element: HTMLElement,
  text: string,
  display: boolean,
  commands: Readonly<Record<string, string>>,
): void {
  // These environments are for lines of their own, and one stands in a sentence.
  const displayMode = display || /\\begin\{(?:align|gather|equation)/.test(text);
  try {
    katex.render(text, element, {
      displayMode,
      output: "htmlAndMathml",
      throwOnError: true,
      strict: "ignore",
      maxSize: WIDEST_RULE,
      macros: { ...commands },
    });
  } catch {
    const code = document.createElement("code");
    code.textContent = text;
    element.replaceChildren(code);
  }
}

function fitWidth(element: HTMLElement): void {
  element.style.fontSize = "";
  delete element.dataset.broken;
  const room = element.clientWidth;
  let wide = element.scrollWidth;
  if (room > 0 && wide * SMALLEST > room) wide = breakLines(element);
  else if (room > 0 && wide > room) shrink(element, room / wide);
  // What is still wider is scrolled, by keys as well.
  if (wide * SMALLEST > room) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}

/** Breaks a formula into lines, smaller where that makes them fewer; returns how wide it is at its full size. */
function breakLines(element: HTMLElement): number {
  element.dataset.broken = "true";
  const { scrollWidth: wide, scrollHeight: high, clientWidth: room } = element;
  shrink(element, SMALLEST);
  const hasFewerLines = element.scrollHeight < high * SMALLEST * 0.9;
  if (wide <= room && !hasFewerLines) element.style.fontSize = "";
  return wide;
}

function shrink(element: HTMLElement, size: number): void {
  element.style.fontSize = `${Math.max(SMALLEST, size) * 100}%`;
}
