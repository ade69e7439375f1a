package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/ingresses"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/acme"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificatesigningrequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificatesigningrequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

// runController runs all control loops but those that answer challenges of ACME: they bring the
// clients of many clouds.
func runController(ctx context.Context, args []string) error {
	options := controller.ContextOptions{
		ACMEOptions: controller.ACMEOptions{
			HTTP01SolverResourceRequestCPU:    resource.MustParse("10m"),
			HTTP01SolverResourceRequestMemory: resource.MustParse("64Mi"),
			HTTP01SolverResourceLimitsCPU:     resource.MustParse("100m"),
			HTTP01SolverResourceLimitsMemory:  resource.MustParse("64Mi"),
		},
		CertificateOptions: controller.CertificateOptions{
			CertificateRequestMinimumBackoffDuration: time.Hour,
			CertificateRequestMaximumBackoffDuration: 32 * time.Hour,
		},
	}
	var leases string
	err := parse("controller", args, func(flags *pflag.FlagSet) {
		declareController(flags, &options)
		flags.StringVar(&leases, "leader-election-namespace", "kube-system", "where the Lease is")
	})
	if err != nil {
		return err
	}
	factory, err := controller.NewContextFactory(logf.NewContext(ctx, logf.Log), options)
	if err != nil {
		return err
	}
	if err := lead(ctx, factory, leases); err != nil {
		return err
	}
	return runLoops(ctx, factory)
}

func declareController(flags *pflag.FlagSet, options *controller.ContextOptions) {
	var onlyRecursive bool
	flags.StringVar(&options.Kubeconfig, "kubeconfig", "", "")
	flags.StringVar(&options.ClusterResourceNamespace, "cluster-resource-namespace", "kube-system", "")
	flags.StringVar(&options.HTTP01SolverImage, "acme-http01-solver-image", "", "")
	flags.IntVar(&options.MaxConcurrentChallenges, "max-concurrent-challenges", 60, "")
	flags.BoolVar(&options.EnableGatewayAPI, "enable-gateway-api", false, "")
	flags.BoolVar(&onlyRecursive, "dns01-recursive-nameservers-only", false, "")
	flags.StringSliceVar(&options.DNS01Nameservers, "dns01-recursive-nameservers", nil, "")
	flags.StringVar(&options.DefaultIssuerName, "default-issuer-name", "", "")
	flags.StringVar(&options.DefaultIssuerKind, "default-issuer-kind", "Issuer", "")
	flags.StringVar(&options.DefaultIssuerGroup, "default-issuer-group", "cert-manager.io", "")
	options.DefaultAutoCertificateAnnotations = []string{"kubernetes.io/tls-acme"}
}

// lead returns once this process holds the Lease; a process that loses it ends.
func lead(ctx context.Context, factory *controller.ContextFactory, namespace string) error {
	built, err := factory.Build("leader-election")
	if err != nil {
		return err
	}
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, namespace,
		"cert-manager-controller", built.Client.CoreV1(), built.Client.CoordinationV1(),
		resourcelock.ResourceLockConfig{
			Identity:      fmt.Sprintf("process-%d", os.Getpid()),
			EventRecorder: built.Recorder,
		})
	if err != nil {
		return err
	}
	leading := make(chan struct{})
	go leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock:          lock,
		LeaseDuration: time.Minute,
		RenewDeadline: 40 * time.Second,
		RetryPeriod:   time.Second,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { close(leading) },
			OnStoppedLeading: func() {
				if ctx.Err() == nil {
					fail(fmt.Errorf("the Lease is lost"))
				}
			},
		},
	})
	select {
	case <-leading:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func runLoops(ctx context.Context, factory *controller.ContextFactory) error {
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for name, construct := range controller.Known() {
		loop, err := construct(factory)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		group.Go(func() error { return loop.Run(5, ctx) })
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	return group.Wait()
}
