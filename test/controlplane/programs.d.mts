/** Tells whether a control plane can start here: what is not found can be built. */
export function canHavePrograms(): boolean
