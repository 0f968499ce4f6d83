/** The JSON messages between page and server; they are generated from the server's own types. */
export type {
  EdgeRow,
  ExampleEntry,
  Joined,
  Layout,
  Losses,
  MadeGraph,
  NewGraph,
  Notice,
  OutputRow,
  Picture,
  Problem,
  Query,
  Refusal,
  RunState,
  Status,
  Verb,
} from "./messages.generated";
