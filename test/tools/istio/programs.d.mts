/** istioctl, which analyses objects and puts sidecars into pods as istiod does. */
export const istioPrograms: {
  canHave: () => boolean
  ensure: () => Record<'istioctl', string>
}
