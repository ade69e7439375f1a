/*
 * Compiles templates to closures. Most of a chart's text runs once and many of its branches
 * never, so a list of statements is compiled when it runs for the first time.
 *
 * Source: Go's text/template/exec.go, `walk`.
 */
import { quote } from '../golang/strconv.ts'
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
  spend,
  type Step,
  unprintable,
  write,
} from './frame.ts'
import type {
  ActionNode,
  IfNode,
  ListNode,
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

/** Compiles a list of statements, when it is first run; what it declares is known to it alone. */
function compileList(list: ListNode, scope: Scope): Block {
  const inner = scope.fork()
  let steps: Step[] | undefined
  return (frame) => {
    steps ??= list.nodes.map((node) => compileStatement(node, inner))
    spend(frame, steps.length + 1)
    // By index, which code that is not optimized yet does faster than by iterator.
    for (let index = 0; index < steps.length; index++) {
      const outcome = steps[index]?.(frame) ?? GO_ON
      const completion = typeof outcome === 'function' ? outcome(frame) : outcome
      if (completion !== GO_ON) return completion
    }
    return GO_ON
  }
}

function compileStatement(node: Statement, scope: Scope): Step {
  switch (node.kind) {
    case 'text':
      return compileText(node)
    case 'action':
      return compileAction(node, scope)
    case 'if':
      return compileIf(node, scope)
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

function compileText({ text }: TextNode): Step {
  return (frame) => {
    write(frame, text)
    return GO_ON
  }
}

function compileAction({ pipe, shift }: ActionNode, scope: Scope): Step {
  const value = compilePipe(pipe, scope)
  if (pipe.variables.length > 0) {
    return (frame) => {
      frame.shift = shift
      value(frame)
      return GO_ON
    }
  }
  return (frame) => {
    frame.shift = shift
    const found = value(frame)
    write(frame, typeof found === 'string' ? found : textOf(frame, found))
    return GO_ON
  }
}

function textOf(frame: Frame, value: Cell): string {
  try {
    return printed(value)
  } catch (error) {
    throw unprintable(frame, error)
  }
}

interface Branch {
  shift: number
  test: Evaluate
  list: Block
}

/** Compiles an `if` with its chain of `else if`, flat, however long it is. */
function compileIf(node: IfNode, scope: Scope): Step {
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
  const [only] = branches
  return only !== undefined && branches.length === 1
    ? runBranch(only, otherwise)
    : runChain(branches, otherwise)
}

function loneIf(list: ListNode | undefined): IfNode | undefined {
  const node = list?.nodes[0]
  return list?.nodes.length === 1 && node?.kind === 'if' ? node : undefined
}

function runBranch({ shift, test, list }: Branch, otherwise: Block | undefined): Step {
  return (frame) => {
    frame.shift = shift
    return isTrue(test(frame)) ? list : (otherwise ?? GO_ON)
  }
}

function runChain(branches: readonly Branch[], otherwise: Block | undefined): Step {
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

function compileWith(node: WithNode, scope: Scope): Step {
  const { shift } = node
  const inner = scope.fork()
  const value = compilePipe(node.pipe, inner)
  const list = compileList(node.list, inner)
  const otherwise = node.otherwise && compileList(node.otherwise, inner)
  return (frame) => {
    frame.shift = shift
    const dot = value(frame)
    if (!isTrue(dot)) return otherwise ?? GO_ON
    const outer = frame.dot
    const isOuterBoxed = frame.isDotBoxed
    frame.dot = dot
    frame.isDotBoxed = false
    const completion = list(frame)
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
    const dot = data === undefined ? undefined : (data(frame) ?? undefined)
    const inner = new Frame(template, frame.set, frame.budget, dot)
    template.body(inner)
    write(frame, inner.out)
    return GO_ON
  }
}
