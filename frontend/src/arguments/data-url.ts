/** Data URLs that hold a file of data, as `source` of `gradcanvas.data` takes them. Knows nothing of the DOM. */

/** A file's bytes in one node; the server keeps to the same. */
export const LARGEST_DATA_BYTES = 5 * 1024 * 1024;

const MEDIA: ReadonlyMap<string, string> = new Map([
  ["csv", "text/csv"],
  ["tsv", "text/tab-separated-values"],
  ["npy", "application/x-npy"],
  ["safetensors", "application/x-safetensors"],
]);

/** Endings of files that hold data, as a file chooser takes them. */
export const DATA_ENDINGS = [...MEDIA.keys()].map((ending) => `.${ending}`).join(",");

/** The media type of a file of data by its name, null for other files. */
export function mediaOf(name: string): string | null {
  return MEDIA.get(name.toLowerCase().split(".").at(-1) ?? "") ?? null;
}

/** The data URL of a file, from its base64. */
export function dataUrl(name: string, media: string, base64: string): string {
  return `data:${media};name=${encodeURIComponent(name)};base64,${base64}`;
}

/** What a data URL holds, in words: "iris.csv, 4.0 kB"; reads its head alone, it may be long. */
export function describeDataUrl(url: string): string {
  const comma = url.indexOf(",");
  const head = url.slice("data:".length, comma < 0 ? 200 : comma);
  const [media = "", ...parameters] = head.split(";");
  const named = parameters.find((parameter) => parameter.startsWith("name="))?.slice("name=".length);
  const length = comma < 0 ? 0 : url.length - comma - 1;
  const padding = url.endsWith("==") ? 2 : url.endsWith("=") ? 1 : 0;
  const bytes = parameters.includes("base64") ? (length * 3) / 4 - padding : length;
  return `${named ? nameOf(named) : media || "a file"}, ${sizeText(bytes)}`;
}

/** A number of bytes in the unit that fits: "4.0 kB". */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function nameOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
