import { PkgError } from '../base/errors.ts'

/** WEBHOOK_FAILED with the webhook's name, for whoever decides whether to wait for it. */
export class WebhookError extends PkgError {
  /** As in its configuration: `webhook.cert-manager.io`. */
  readonly webhook: string

  /** @param message what failed, and what became of the question to the webhook */
  constructor(message: string, webhook: string) {
    super('WEBHOOK_FAILED', message, {
      hint: 'Before it stores the object, the API server asks the webhook: see that its pods run, that its certificate is the one that its configuration names, and that the network lets the API server reach it.',
    })
    this.webhook = webhook
  }
}
