/** promtool and amtool, which check configuration, rules and routes. */
export const prometheusPrograms: {
  canHave: () => boolean
  ensure: () => Record<'amtool' | 'promtool', string>
}
