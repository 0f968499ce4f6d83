/** Every command on the document, under one name. */
export { copy, duplicate, nodeText, type Pasted, paste, type Settle } from "./clipboard";
export {
  addFrame,
  removeFrame,
  setFrameField,
  setGraphField,
  setLoss,
  setOptimizer,
  setOptimizerArgument,
  setScheduler,
  setSchedulerArgument,
  setSteps,
} from "./graph-commands";
export {
  addNode,
  moveNodes,
  type NewNode,
  pairLiteral,
  placeNodes,
  removeNodes,
  reorder,
  setArgument,
  setField,
  unplacedNodes,
} from "./node-commands";
export { rename } from "./rename";
export {
  type Output,
  renameMetric,
  setBatchSize,
  setBatchSources,
  setClip,
  setMetric,
  setReplacement,
  setShuffle,
} from "./train-commands";
export {
  addGroup,
  fitGroups,
  removeGroup,
  renameGroup,
  setGroup,
  setGroupArgument,
  setInit,
  setInitArgument,
  setParameterRequiresGrad,
} from "./update-commands";
export { type Connection, connect, cutEdge, cutEdges, rewire } from "./wiring-commands";
