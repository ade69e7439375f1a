/** What each switch may be set to. */
export type Factors<T> = Readonly<Record<string, readonly T[]>>

/**
 * Rows in which every two values of different switches meet at least once.
 *
 * Greedy and always the same: each row starts from a pair that no row has yet, and takes for
 * the other switches, in their order, the value that meets most new pairs.
 */
export function pairwise<T>(factors: Factors<T>): Record<string, T>[] {
  const names = Object.keys(factors)
  const open = openPairs(factors)
  const rows: Record<string, T>[] = []
  for (let pair = first(open); pair !== undefined; pair = first(open)) {
    const row = completed(pair, factors, open)
    for (const each of pairsOf(row, names)) open.delete(each)
    const values = names.map((name): [string, T] => [name, valueOf(factors, name, row.get(name))])
    rows.push(Object.fromEntries(values))
  }
  return rows
}

/** A row or a part of one: positions of values by their switches. */
type Choice = ReadonlyMap<string, number>

function openPairs<T>(factors: Factors<T>): Set<string> {
  const names = Object.keys(factors)
  const pairs = names.flatMap((left, at) =>
    names
      .slice(at + 1)
      .flatMap((right) =>
        (factors[left] ?? []).flatMap((_, one) =>
          (factors[right] ?? []).map((__, other) => keyOf([left, one], [right, other])),
        ),
      ),
  )
  return new Set(pairs)
}

function completed<T>(pair: string, factors: Factors<T>, open: ReadonlySet<string>): Choice {
  const row = new Map(JSON.parse(pair) as [string, number][])
  for (const name of Object.keys(factors)) {
    if (row.has(name)) continue
    const gains = (factors[name] ?? []).map((_, at) => gain([name, at], row, { factors, open }))
    row.set(name, gains.indexOf(Math.max(...gains)))
  }
  return row
}

function gain<T>(
  candidate: [string, number],
  row: Choice,
  { factors, open }: { factors: Factors<T>; open: ReadonlySet<string> },
): number {
  const names = Object.keys(factors)
  const pairs = pairsOf(new Map([...row, candidate]), names)
  return pairs.filter((pair) => open.has(pair)).length
}

function pairsOf(row: Choice, names: readonly string[]): string[] {
  const set = names.flatMap((name): [string, number][] => {
    const at = row.get(name)
    return at === undefined ? [] : [[name, at]]
  })
  return set.flatMap((left, at) => set.slice(at + 1).map((right) => keyOf(left, right)))
}

function keyOf(left: [string, number], right: [string, number]): string {
  return JSON.stringify([left, right])
}

function valueOf<T>(factors: Factors<T>, name: string, at: number | undefined): T {
  const value = factors[name]?.[at ?? -1]
  if (value === undefined) throw new Error(`"${name}" has no value ${at}`)
  return value
}

function first(set: ReadonlySet<string>): string | undefined {
  return set.values().next().value
}
