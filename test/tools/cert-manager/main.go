// Program cert-manager is the controller, the cainjector or the webhook of cert-manager, by its own
// packages and with the flags of its own programs: those are modules that no proxy has.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	logs "k8s.io/component-base/logs/api/v1"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	programs := map[string]func(context.Context, []string) error{
		"controller": runController,
		"cainjector": runInjector,
		"webhook":    runWebhook,
	}
	if len(os.Args) < 2 || programs[os.Args[1]] == nil {
		fail(fmt.Errorf("usage: %s controller|cainjector|webhook FLAGS", os.Args[0]))
	}
	logf.InitLogs()
	if err := programs[os.Args[1]](ctx, os.Args[2:]); err != nil {
		fail(err)
	}
}

// parse reads a program's flags and those of the log; one that it does not have is an error.
func parse(name string, args []string, declare func(*pflag.FlagSet)) error {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	log := logs.NewLoggingConfiguration()
	if name != "webhook" {
		logf.AddFlags(log, flags)
	}
	declare(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	return logf.ValidateAndApply(log)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
