/** Dex, which lets people log in. */
export const dexPrograms: {
  canHave: () => boolean
  ensure: () => Record<'dex', string>
}
