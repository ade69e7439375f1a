/** Vault, without its pages and the engines that it starts as programs of their own. */
export const vaultPrograms: {
  canHave: () => boolean
  ensure: () => Record<'vault', string>
}
