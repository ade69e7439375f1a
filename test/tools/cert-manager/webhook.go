package main

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/cert-manager/cert-manager/internal/apis/config/webhook/validation"
	"github.com/cert-manager/cert-manager/internal/webhook"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/webhook/options"
)

func runWebhook(ctx context.Context, args []string) error {
	config, err := options.NewWebhookConfiguration()
	if err != nil {
		return err
	}
	declare := func(flags *pflag.FlagSet) { options.AddConfigFlags(flags, config) }
	if err := parse("webhook", args, declare); err != nil {
		return err
	}
	if problems := validation.ValidateWebhookConfiguration(config, nil); len(problems) > 0 {
		return problems.ToAggregate()
	}
	server, err := webhook.NewCertManagerWebhookServer(logf.FromContext(ctx, "webhook"), *config)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
