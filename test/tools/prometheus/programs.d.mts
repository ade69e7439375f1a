/** promtool and amtool, which check configuration, rules and routes, and Prometheus's operator. */
export const prometheusPrograms: {
  canHave: () => boolean
  ensure: () => Record<'amtool' | 'operator' | 'promtool', string>
}
