/** Tells whether all releases of Node that tests run the program on are here. */
export function hasNodes(): boolean

/** Gets what is not here yet; gives paths by release. */
export function ensureNodes(): Record<string, string>
