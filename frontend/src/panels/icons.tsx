/** The page's few icons, drawn on a 16 px grid in the ink of their button. */
import type { ReactNode } from "react";

const PATHS = {
  new: "M4 1.8h5.2L12.5 5v9.2h-8.5zM9 2v3.3h3.3M8.2 7.5v4M6.2 9.5h4",
  open: "M1.8 13V3.5h4.2l1.6 1.8h6.4V7M1.8 13l2-6h11l-2 6z",
  save: "M8 1.8v8M4.8 7L8 10.2 11.2 7M2.2 10.5v3.2h11.6v-3.2",
  share:
    "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.4-2.4a2.6 2.6 0 0 0-3.7-3.7L8.4 4M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.100 9.2a2.6 2.6 0 0 0 3.7 3.700L7.6 12",
  examples: "M2 2.200h5v5H2zM9 2.200h5v5H9zM2 9h5v5H2zM9 9h5v5H9z",
  export: "M8 10V2M4.800 5.100L8 1.900l3.200 3.200M2.200 9.500v4.300h11.600V9.500",
  pause: "M5.200 3v10M10.800 3v10",
  stop: "M3.800 3.800h8.400v8.400H3.800z",
  reset: "M3 3v3.500h3.500M3.300 6.300A5.300 5.300 0 1 1 2.800 9",
  undo: "M5.500 3L2.500 6l3 3M2.800 6h6.400a4 4 0 0 1 0 8H6.500",
  redo: "M10.500 3l3 3-3 3M13.200 6H6.800a4 4 0 0 0 0 8h2.700",
  left: "M10 3L5 8l5 5",
  right: "M6 3l5 5-5 5",
  up: "M3 10l5-5 5 5",
  down: "M3 6l5 5 5-5",
  close: "M4 4l8 8M12 4l-8 8",
  auto: "M8 2.200a5.800 5.800 0 1 0 0 11.600zM8 2.200a5.800 5.800 0 0 1 0 11.600M8 5.500h4.900M8 8h5.600M8 10.500h4.900",
  light:
    "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1.100 1.100M11.900 11.900L13 13M13 3l-1.100 1.100M4.100 11.900L3 13",
  dark: "M13 9.800A5.600 5.600 0 1 1 6.200 3a4.600 4.600 0 0 0 6.800 6.800z",
  keys: "M6 6a2 2 0 1 1 2.900 1.800c-.6.3-.9.7-.9 1.500M8 11.700v.1M8 1.800a6.200 6.200 0 1 1 0 12.400A6.200 6.200 0 0 1 8 1.800z",
  grip: "M6 4v.01M10 4v.01M6 8v.01M10 8v.01M6 12v.01M10 12v.01",
  enlarge: "M9.500 2.500h4v4M6.500 13.500h-4v-4M13.200 2.800L9.400 6.600M2.800 13.200l3.800-3.800",
  shrink: "M13.500 6.500h-4v-4M2.500 9.500h4v4M9.700 6.300l3.800-3.800M6.300 9.700l-3.800 3.800",
  delete: "M2.500 4.200h11M6 4V2.300h4V4M4 4.200l.7 9.500h6.600l.7-9.500M6.700 6.800v4.400M9.300 6.800v4.400",
  copy: "M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon; its button gives it a name. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly name: string;
  /** What it does, and its key; shown on hover. */
  readonly title?: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly className?: string;
  readonly onClick: () => void;
}

/** A button that shows an icon and is called by its name. */
export function IconButton(props: IconButtonProps): ReactNode {
  const { icon, name, title = name, disabled = false, pressed, className = "", onClick } = props;
  return (
    <button
      type="button"
      className={`icon-button ${className}`}
      aria-label={name}
      aria-pressed={pressed}
      title={title}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
