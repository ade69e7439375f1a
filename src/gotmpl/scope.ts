interface Binding {
  readonly name: string
  readonly slot: number
  readonly outer: Binding | undefined
}

/** The variables that are known at a place of a template, and the slots they live in. */
export class Scope {
  /** Whether `$` has been declared anew, so that it is no longer the template's data. */
  isRootHidden = false
  private innermost: Binding | undefined

  /** The scope of a template's beginning, where `$` is known. */
  static ofTemplate(): Scope {
    const scope = new Scope()
    scope.declare('$')
    return scope
  }

  /** A copy that declares for itself alone. */
  fork(): Scope {
    const scope = new Scope()
    scope.innermost = this.innermost
    scope.isRootHidden = this.isRootHidden
    return scope
  }

  /** Gives a new variable a slot; one of the same name is hidden. */
  declare(name: string): number {
    const slot = this.innermost === undefined ? 0 : this.innermost.slot + 1
    if (name === '$' && slot > 0) this.isRootHidden = true
    this.innermost = { name, slot, outer: this.innermost }
    return slot
  }

  /** The slot of a variable; undefined when only a branch not taken declares it. */
  find(name: string): number | undefined {
    let binding = this.innermost
    while (binding !== undefined && binding.name !== name) binding = binding.outer
    return binding?.slot
  }
}
