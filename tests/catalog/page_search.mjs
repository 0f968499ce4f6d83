// What the page's own search puts first, and how long a key press takes, over the catalogue on standard input.
// Prints {"first": {words: name}, "milliseconds": [of every word, letter by letter]}.
import { readFileSync } from "node:fs";
import { readCatalog } from "../../frontend/src/catalog/read-catalog.ts";
import { SearchIndex } from "../../frontend/src/catalog/search.ts";

const { catalog, words } = JSON.parse(readFileSync(0, "utf8"));
const index = new SearchIndex(readCatalog(catalog));
const first = Object.fromEntries(words.map((each) => [each, index.find(each)[0]?.name ?? null]));
const milliseconds = words.flatMap((each) =>
  Array.from(each, (_, length) => {
    const began = performance.now();
    index.find(each.slice(0, length + 1));
    return performance.now() - began;
  }),
);
process.stdout.write(JSON.stringify({ first, milliseconds }));
