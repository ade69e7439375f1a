/** Writes the declarations of what plugins may import below a folder. */
export function writePluginTypes(folder: string): void
