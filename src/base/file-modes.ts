/** Modes, before the umask, of files that a person asked for; never more than that. */
export const SHARED_MODES = { file: 0o644, folder: 0o755 } as const
