import type { ChartQuery } from '../repo/fetch-archive.ts'
import type { Verification } from '../signing/verify-provenance.ts'

/** Whose word counts. */
export interface VerifySettings {
  /** Path of the public keys that are trusted. */
  keyring: string
  /** Milliseconds since 1970. */
  now: number
  /** Told what was found, before the chart is used. */
  onVerified?: ((verification: Verification) => void) | undefined
}

/** The part of a query that has a provenance file fetched with a chart, and checked. */
export function verifyFetched({
  keyring,
  now,
  onVerified,
}: VerifySettings): Pick<ChartQuery, 'provenance' | 'verify'> {
  return {
    provenance: 'must',
    async verify(fetched) {
      const { verifyProvenance } = await import('../signing/verify-provenance.ts')
      const verification = await verifyProvenance({ ...fetched, keyring, now })
      onVerified?.(verification)
    },
  }
}
