/** Commands on what stands as one literal: groups of an optimiser, frozen parameters and how they begin. */
import * as Y from "yjs";
import { editTrain } from "./graph-commands";
import type { GraphDocument } from "./graph-document";
import { type Json, readJson, writeJson } from "./literal";
import { setField } from "./node-commands";
import { asTable, frozenOf, groupOf, type Table, tableOf } from "./update-views";
import { type Fields, mapField, type Roots } from "./yjs-form";

/** Puts nodes into a group (null: into none); the optimiser gets the group where it lacks it. */
export function setGroup(document: GraphDocument, uids: readonly string[], name: string | null): void {
  document.asOneStep(() => {
    setField(document, uids, "group", name === null ? null : JSON.stringify(name));
    if (name !== null) addGroup(document, name);
  });
}

/** Gives the optimiser a group, empty at first; one that it has stays as it is. */
export function addGroup(document: GraphDocument, name: string): void {
  editGroups(document, (groups) => {
    if (!Object.hasOwn(groups, name)) groups[name] = {};
  });
}

/** Takes a group from the optimiser and from every node that names it. */
export function removeGroup(document: GraphDocument, name: string): void {
  document.asOneStep(() => {
    editGroups(document, (groups) => {
      delete groups[name];
    });
    document.transact((roots) => {
      for (const fields of nodesOfGroup(roots, name)) fields.delete("group");
    });
  });
}

/** Gives a group another name, in every node too; false where one of that name is there, or it is empty. */
export function renameGroup(document: GraphDocument, name: string, now: string): boolean {
  if (name === now) return true;
  const snapshot = document.getSnapshot();
  const known = tableOf(snapshot.train.optimizer?.other.get("groups"));
  if (now === "" || Object.hasOwn(known, now) || snapshot.nodes.some((node) => groupOf(node) === now))
    return false;
  document.asOneStep(() => {
    editGroups(document, (groups) => {
      groups[now] = groups[name] ?? {};
      delete groups[name];
    });
    document.transact((roots) => {
      for (const fields of nodesOfGroup(roots, name)) fields.set("group", JSON.stringify(now));
    });
  });
  return true;
}

/** Fits the groups to another optimiser: what it does not take goes, and each that a node names is there. */
export function fitGroups(document: GraphDocument, keeps: (argument: string) => boolean): void {
  const named = document.getSnapshot().nodes.flatMap((node) => groupOf(node) ?? []);
  editGroups(document, (groups) => {
    for (const name of named) if (!Object.hasOwn(groups, name)) groups[name] = {};
    for (const [name, args] of Object.entries(groups))
      groups[name] = Object.fromEntries(
        Object.entries(asTable(args)).filter(([argument]) => keeps(argument)),
      );
  });
}

/** Sets (or with null removes) an argument in which a group differs from the optimiser. */
export function setGroupArgument(
  document: GraphDocument,
  name: string,
  argument: string,
  literal: string | null,
  merge: string | null = null,
): void {
  const change = (groups: Table): void => {
    groups[name] = withEntry(asTable(groups[name]), argument, literal);
  };
  editGroups(document, change, merge);
}

/** Lets one parameter of a module collect a gradient, or freezes it; `names` are all its parameters. */
export function setParameterRequiresGrad(
  document: GraphDocument,
  uid: string,
  parameter: string,
  on: boolean,
  names: readonly string[],
): void {
  const node = document.getSnapshot().byUid.get(uid);
  if (!node) return;
  const frozen = new Set(frozenOf(node, names));
  if (on) frozen.delete(parameter);
  else frozen.add(parameter);
  setField(document, [uid], "requires_grad", frozenLiteral(frozen, names));
}

/** None: nothing is written; all: `false`; else each that is frozen. */
function frozenLiteral(frozen: ReadonlySet<string>, names: readonly string[]): string | null {
  if (frozen.size === 0) return null;
  if (names.length > 0 && names.every((name) => frozen.has(name))) return "false";
  return writeJson(Object.fromEntries([...frozen].sort().map((name) => [name, false])));
}

/** Chooses how a parameter is filled at first (null: as its module does it); arguments that stay are kept. */
export function setInit(
  document: GraphDocument,
  uid: string,
  parameter: string,
  op: string | null,
  keeps: (argument: string) => boolean,
  starts: Readonly<Record<string, string>> = {},
): void {
  editInits(document, uid, (inits) => {
    if (op === null) {
      delete inits[parameter];
      return;
    }
    const before = asTable(asTable(inits[parameter]).args);
    const kept = Object.entries(before).filter(([name]) => keeps(name));
    const begun = Object.entries(starts).map(([name, literal]) => [name, readJson(literal) ?? null]);
    inits[parameter] = { op, args: Object.fromEntries([...begun, ...kept]) as Table };
  });
}

/** Sets (or with null removes) an argument of what fills a parameter. */
export function setInitArgument(
  document: GraphDocument,
  uid: string,
  parameter: string,
  argument: string,
  literal: string | null,
  merge: string | null = null,
): void {
  const change = (inits: Table): void => {
    const init = asTable(inits[parameter]);
    inits[parameter] = { ...init, args: withEntry(asTable(init.args), argument, literal) };
  };
  editInits(document, uid, change, merge);
}

function withEntry(table: Table, name: string, literal: string | null): Table {
  const { [name]: _, ...others } = table;
  return literal === null ? others : { ...table, [name]: readJson(literal) ?? null };
}

function editGroups(
  document: GraphDocument,
  change: (groups: Table) => void,
  merge: string | null = null,
): void {
  const edit = (train: Fields): void => {
    const optimizer = mapField(train, "optimizer");
    if (optimizer) editTable(optimizer, "groups", change);
  };
  editTrain(document, edit, merge);
}

function editInits(
  document: GraphDocument,
  uid: string,
  change: (inits: Table) => void,
  merge: string | null = null,
): void {
  document.transact((roots) => {
    const fields = roots.nodes.get(uid);
    if (fields) editTable(fields, "init", change);
  }, merge);
}

/** Changes a table that is one literal; an empty one is not written. */
function editTable(fields: Fields, key: string, change: (table: Table) => void): void {
  const stored = fields.get(key);
  const table = tableOf(typeof stored === "string" ? stored : undefined);
  change(table);
  const entries = Object.entries(table).sort(([one], [two]) => (one < two ? -1 : 1));
  if (entries.length === 0) fields.delete(key);
  else fields.set(key, writeJson(Object.fromEntries<Json>(entries)));
}

/** The nodes that name a group, those of functions too. */
function nodesOfGroup(roots: Roots, name: string): Fields[] {
  const bodies = [...roots.functions.values()].map((fields) => mapField(fields, "nodes"));
  return [roots.nodes as Y.Map<unknown>, ...bodies].flatMap((nodes) =>
    [...(nodes?.values() ?? [])].filter(
      (fields): fields is Fields =>
        fields instanceof Y.Map && readJson(String(fields.get("group") ?? "null")) === name,
    ),
  );
}
