import type { Plan } from '../plan/plan.ts'
import type { View } from './site.ts'

/** Tells what people should know of plans. */
export function tellNotices({ onNotice }: Pick<View, 'onNotice'>, ...plans: readonly Plan[]): void {
  for (const { notices = [] } of plans) for (const notice of notices) onNotice(notice)
}
