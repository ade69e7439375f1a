/** Tells whether all programs that check what add-ons render are there or can be built. */
export function canHaveTools(): boolean

/** Builds what is not there yet; gives paths by name. */
export function ensureTools(): Record<string, string>
