/*
 * Compiles templates to closures. Most of a chart's text runs once and many of its branches
 * never, so a list of statements is compiled when it runs for the first time.
 *
 * Source: Go's text/template/exec.go, `walk`.
 */
import { sprint } from '../golang/format.ts'
import { quote } from '../golang/strconv.ts'
import { GoStruct } from '../golang/value.ts'
import { printed } from './builtins.ts'
import { compilePipe } from './expression.ts'
import {
  type Block,
  BREAK,
  type Cell,
  CONTINUE,
  type Evaluate,
  failure,
  Frame,
  GO_ON,
  outputOf,
  spend,
  type Step,
  unprintable,
  write,
} from './frame.ts'
import type {
  ActionNode,
  IfNode,
  ListNode,
  PipeNode,
  Statement,
  TemplateNode,
  TextNode,
  WithNode,
} from './nodes.ts'
import { compileRange } from './range.ts'
import { Scope } from './scope.ts'
import { isTrue } from '../golang/truth.ts'

/** Compiles a template's text. */
export function compileTemplate(list: ListNode): Block {
  return compileList(list, Scope.ofTemplate())
}

/**
 * Compiles a list of statements, each when it is first run; what it declares is known to it
 * alone. Texts, and what was compiled for another statement that reads alike, are run as they are.
 */
function compileList(list: ListNode, scope: Scope): Block {
  const steps: Step[] = []
  let nodes: readonly Statement[] = []
  let inner: Scope | undefined
  return (frame) => {
    if (inner === undefined) {
      inner = scope.fork()
      ;({ nodes } = list)
    }
    spend(frame, nodes.length + 1)
    // By index, which code that is not optimized yet does faster than by iterator.
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index]
      if (node === undefined) break
      if (node.kind === 'text') {
        write(frame, node.text)
        continue
      }
      if (node.kind === 'action' && node.pipe.compiled !== undefined && !inner.isRootHidden) {
        print(frame, node, node.pipe.compiled)
        continue
      }
      const step = (steps[index] ??= compileStatement(node, inner))
      const outcome = step(frame)
      const completion = typeof outcome === 'function' ? outcome(frame) : outcome
      if (completion !== GO_ON) return completion
    }
    return GO_ON
  }
}

function compileStatement(node: Exclude<Statement, TextNode>, scope: Scope): Step {
  switch (node.kind) {
    case 'action':
      return compileAction(node, scope)
    case 'if':
      return loneIf(node.otherwise) === undefined
        ? compileIf(node, scope)
        : compileChain(node, scope)
    case 'with':
      return compileWith(node, scope)
    case 'range':
      return compileRange(node, scope.fork(), compileList)
    case 'template':
      return compileTemplateCall(node, scope)
    case 'break':
      return () => BREAK
    default:
      return () => CONTINUE
  }
}

function compileAction(node: ActionNode, scope: Scope): Step {
  const { pipe, shift } = node
  const value = compilePipe(pipe, scope)
  if (pipe.variables.length > 0) {
    return (frame) => {
      frame.shift = shift
      value(frame)
      return GO_ON
    }
  }
  return (frame) => {
    print(frame, node, value)
    return GO_ON
  }
}

function print(frame: Frame, node: ActionNode, value: Evaluate): void {
  frame.shift = node.shift
  const found = value(frame)
  write(frame, typeof found === 'string' ? found : textOf(frame, found, node))
}

function textOf(frame: Frame, value: Cell, { pipe }: ActionNode): string {
  try {
    // What a function gives is a copy, which has none of the methods of a pointer.
    const isCopy = value instanceof GoStruct && isCall(pipe)
    return isCopy ? sprint(value) : printed(value)
  } catch (error) {
    throw unprintable(frame, error)
  }
}

function isCall({ commands }: PipeNode): boolean {
  return commands.at(-1)?.operands[0]?.kind === 'identifier'
}

function compileIf({ pipe, shift, list, otherwise }: IfNode, scope: Scope): Step {
  const inner = scopeOf(pipe, scope)
  const test = compilePipe(pipe, inner)
  let then: Block | undefined
  let rest: Block | undefined
  return (frame) => {
    frame.shift = shift
    if (isTrue(test(frame))) return (then ??= compileList(list, inner))
    return otherwise === undefined ? GO_ON : (rest ??= compileList(otherwise, inner))
  }
}

/** The scope of a branch: its own where its head may declare something. */
function scopeOf(head: PipeNode, scope: Scope): Scope {
  return head.isShared ? scope : scope.fork()
}

function loneIf(list: ListNode | undefined): IfNode | undefined {
  const node = list?.nodes[0]
  return list?.nodes.length === 1 && node?.kind === 'if' ? node : undefined
}

interface Branch {
  shift: number
  test: Evaluate
  list: Block
}

/** Compiles an `if` with its chain of `else if`, flat, however long it is. */
function compileChain(node: IfNode, scope: Scope): Step {
  const branches: Branch[] = []
  let inner = scope
  let current: IfNode | undefined = node
  let otherwise: Block | undefined
  while (current !== undefined) {
    inner = inner.fork()
    branches.push({
      shift: current.shift,
      test: compilePipe(current.pipe, inner),
      list: compileList(current.list, inner),
    })
    const rest: ListNode | undefined = current.otherwise
    current = loneIf(rest)
    if (current === undefined && rest !== undefined) otherwise = compileList(rest, inner)
  }
  return (frame) => {
    for (let index = 0; index < branches.length; index++) {
      const branch = branches[index]
      if (branch === undefined) break
      frame.shift = branch.shift
      if (isTrue(branch.test(frame))) return branch.list
    }
    return otherwise ?? GO_ON
  }
}

function compileWith({ pipe, shift, list, otherwise }: WithNode, scope: Scope): Step {
  const inner = scopeOf(pipe, scope)
  const value = compilePipe(pipe, inner)
  let then: Block | undefined
  let rest: Block | undefined
  return (frame) => {
    frame.shift = shift
    const dot = value(frame)
    if (!isTrue(dot)) {
      return otherwise === undefined ? GO_ON : (rest ??= compileList(otherwise, inner))
    }
    const outer = frame.dot
    const isOuterBoxed = frame.isDotBoxed
    frame.dot = dot
    frame.isDotBoxed = false
    then ??= compileList(list, inner)
    const completion = then(frame)
    frame.dot = outer
    frame.isDotBoxed = isOuterBoxed
    return completion
  }
}

function compileTemplateCall(node: TemplateNode, scope: Scope): Step {
  const data = node.pipe && compilePipe(node.pipe, scope)
  return (frame) => {
    frame.node = node
    frame.shift = 0
    const template = frame.set.find(node.name)
    if (template === undefined) throw failure(frame, `template ${quote(node.name)} not defined`)
    frame.shift = node.shift
    const dot = data === undefined ? undefined : (data(frame) ?? undefined)
    const inner = new Frame(template, frame.set, frame.budget, dot)
    template.body(inner)
    write(frame, outputOf(inner))
    return GO_ON
  }
}
