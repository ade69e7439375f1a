/**
 * Gathers lists that are read one inside the other. Each is cut out at its own size: an array
 * that grows by `push` takes room for 17 at once, which for a template's many short lists is
 * more than all else that is kept of it.
 */
export class ListStack<T> {
  private readonly items: T[] = []
  private size = 0

  /** Begins a list inside those that are open; gives what `close` asks for. */
  open(): number {
    return this.size
  }

  add(item: T): void {
    this.items[this.size++] = item
  }

  /** Ends the innermost list, which `open` gave a number, and returns it. */
  close(start: number): T[] {
    const list = this.items.slice(start, this.size)
    this.size = start
    return list
  }
}
