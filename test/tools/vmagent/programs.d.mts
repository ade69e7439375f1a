/** vmagent, which reads targets as Prometheus does. */
export const vmagentPrograms: {
  canHave: () => boolean
  ensure: () => Record<'vmagent', string>
}
