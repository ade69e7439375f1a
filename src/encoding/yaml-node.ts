import type { Mark } from './yaml-cursor.ts'

/** One node of a YAML document. */
export interface YamlNode {
  readonly kind: 'scalar' | 'sequence' | 'mapping' | 'alias'
  readonly start: Mark
  /** Text of a scalar; name of an alias. */
  readonly value: string
  /** Full tag of a scalar, for example `tag:yaml.org,2002:int`; empty without one. */
  readonly tag: string
  /** Whether the text of a scalar decides its type. */
  readonly isPlain: boolean
  /** Items of a sequence; of a mapping keys and values in turn. */
  readonly children: YamlNode[]
  /** What an alias stands for. */
  readonly target: YamlNode | undefined
}

/** Makes a scalar. */
export function scalar(start: Mark, value: string, tag: string, isPlain: boolean): YamlNode {
  return { kind: 'scalar', start, value, tag, isPlain, children: NONE, target: undefined }
}

/** Makes an alias of a node that stands before it. */
export function alias(start: Mark, value: string, target: YamlNode): YamlNode {
  return { kind: 'alias', start, value, tag: '', isPlain: false, children: NONE, target }
}

/** Makes a collection without children. */
export function collection(kind: 'sequence' | 'mapping', start: Mark): YamlNode {
  return { kind, start, value: '', tag: '', isPlain: false, children: [], target: undefined }
}

/** Shared by all nodes without children, which are never changed. */
const NONE: YamlNode[] = []
