/** A reader of the language that Vault's configuration is written in. */
export const hclPrograms: {
  canHave: () => boolean
  ensure: () => Record<'hcl', string>
}
