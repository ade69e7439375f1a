/** cert-manager: its controller, its cainjector and its webhook. */
export const certManagerPrograms: {
  canHave: () => boolean
  ensure: () => Record<'cert-manager', string>
}
