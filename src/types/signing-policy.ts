/* Generated from schemas/signing-policy.schema.json; change the schema and run "npm run types". */

/**
 * Which charts that are fetched must be signed, and by whom. The first rule that matches a chart's place counts.
 */
export interface SigningPolicy {
  /**
   * @maxItems 1000
   */
  rules: {
    /**
     * Where charts come from: oci://HOST/REPOSITORY, or the http(s) address of the archive. * stands for one part of it, ** for any number of parts.
     */
    match: string
    /**
     * A key pair's signature beside the chart in its registry.
     */
    cosign?: {
      /**
       * Files of public keys in PEM, from the policy's folder; one of them must have signed.
       *
       * @minItems 1
       */
      keys: [string, ...string[]]
    }
    /**
     * A provenance file of OpenPGP, as Helm has it.
     */
    provenance?: {
      /**
       * File with the public keys that are trusted, from the policy's folder.
       */
      keyring: string
    }
    /**
     * Takes these charts unsigned.
     */
    trust?: true
  }[]
  /**
   * What becomes of charts that no rule matches; they are accepted when this is not given.
   */
  otherwise?: 'accept' | 'refuse'
}
