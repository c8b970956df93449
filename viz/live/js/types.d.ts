// What the modules hand to each other. Only the type checker reads it.

/** A side of an equation by symbols and, where these say more, by numbers: words, and places of values. */
export type Formula = [string] | [string, (string | [number, number])[]];

/** A node, as Python writes it. */
export interface NodeData {
  name: string;
  called: string;
  introduced?: string;
  names: string[];
  label?: string;
  gradient?: string;
  constant?: boolean;
  role?: string;
  value?: number | string;
  op?: string;
  on?: number[];
  row?: number;
  locals?: (number | string)[];
  why?: string;
  formula?: Formula;
  edges?: (Formula | null)[];
  note?: string;
  singular?: string;
}

export type What = "value" | "gradient";

export interface PlaneData {
  axes: number[];
  targets: number[];
  outputs: number[];
  threshold: number;
  script: { parameters: number[] };
}

export interface TrainingData {
  parameters: number[];
  inputs: number[];
  samples: (number | string)[][];
  script: { parameters: number[] } | null;
  why_not: string;
  plane: PlaneData | null;
}

export interface PageData {
  title: string;
  root: string;
  digits: number;
  fractions: boolean;
  nodes: NodeData[];
  hidden: [number, What][];
  training: TrainingData;
  remarks: string[];
  letters: string[];
}

export type Row = [(...operands: number[]) => number, (out: number, ...operands: number[]) => number[]];

/** An event of the backward pass: along one edge. */
export interface Event {
  node: number;
  slot: number;
  operand: number;
}

/** A graph, and all that stays the same whatever its leaves are. */
export interface Graph {
  data: PageData;
  nodes: NodeData[];
  rows: (Row | null)[];
  root: number;
  computed: number[];
  rank: number[];
  events: Event[];
  into: number[][];
  /** Of a leaf that one node alone uses: that node; of all others −1. */
  owner: number[];
  leaves: Float64Array;
  blocked: (string | undefined)[];
}

/** All numbers of one pass, forward and back. */
export interface Pass {
  values: Float64Array;
  locals: number[][];
  gradients: Float64Array;
}

export interface Edit {
  node: number;
  before: Float64Array;
}

export interface Try {
  right: boolean;
  tries: number;
  hints: number;
  words: string;
}

export interface State {
  position: number;
  leaves: Float64Array;
  edit: Edit | null;
  selected: number;
  samples: number[][];
  sample: number;
  rate: number;
  losses: number[];
  answers: Try[];
  asked: number;
  level: number;
  /** The nodes whose own leaves are folded away. */
  folded: number[];
}

export type Gradient = (inputs: number[], parameters: number[]) => [number, number[]];
export type Outputs = (inputs: number[], parameters: number[]) => number[] | number;

export interface Programs {
  gradient: Gradient | null;
  outputs: Outputs | null;
}

/** What led to a position of the backward pass; the numbers of Python's `Step`. */
export interface Step {
  index: number;
  node: number;
  operand: number;
  slot: number;
  local: number;
  upstream: number;
  contribution: number;
  before: number;
  after: number;
}

/** What is shown of a state. */
export interface Shown {
  graph: Graph;
  state: State;
  pass: Pass;
  gradients: Float64Array;
  events: number;
  step: Step | null;
  active: number;
  value(node: number): string;
  gradient(node: number): string;
  knows(node: number): boolean;
  complete(node: number): boolean;
  begun(node: number): boolean;
  hides(node: number, what: What): boolean;
  /** A number that was computed; ? if it would give a hidden one away. */
  number(x: number): string;
  plain(x: number): string;
}

export interface Store {
  readonly state: State;
  change(by: (state: State) => State): void;
  listen(listener: (state: State) => void): void;
}

export interface View {
  render(shown: Shown): void;
}
