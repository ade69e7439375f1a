/** What a check of a provenance file found. */
export interface Verification {
  signedBy: readonly string[]
  fingerprint: string
  fileHash: string
}

/** Helm's lines on a provenance file that holds. */
export function viewVerification({ signedBy, fingerprint, fileHash }: Verification): string {
  return [
    ...signedBy.map((userId) => `Signed by: ${userId}`),
    `Using Key With Fingerprint: ${fingerprint}`,
    `Chart Hash Verified: ${fileHash}`,
  ].join('\n')
}

/** Where the signature of an artefact is. */
export function viewSigned(signed: { reference: string; signatures: string }): string {
  return `Signed: ${signed.reference}\nSignatures: ${signed.signatures}`
}

/** Which key vouches for an artefact. */
export function viewChecked(checked: { reference: string; key: string }): string {
  return `Verified: ${checked.reference}\nSigned with: ${checked.key}`
}
