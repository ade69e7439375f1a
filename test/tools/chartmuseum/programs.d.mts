/** ChartMuseum, which keeps charts and takes uploads of them. */
export const chartmuseumPrograms: {
  canHave: () => boolean
  ensure: () => Record<'chartmuseum', string>
}
