package main

import (
	"context"

	"github.com/spf13/pflag"
	core "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/cert-manager/cert-manager/internal/kube"
	cmscheme "github.com/cert-manager/cert-manager/pkg/client/clientset/versioned/scheme"
	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util"
)

func runInjector(ctx context.Context, args []string) error {
	var kubeconfig, leases string
	err := parse("cainjector", args, func(flags *pflag.FlagSet) {
		flags.StringVar(&kubeconfig, "kubeconfig", "", "how the cluster is reached")
		flags.StringVar(&leases, "leader-election-namespace", "kube-system", "where the Lease is")
	})
	if err != nil {
		return err
	}
	ctrl.SetLogger(logf.Log)
	config, err := kube.BuildClientConfig("", kubeconfig)
	if err != nil {
		return err
	}
	kinds, err := injectorKinds()
	if err != nil {
		return err
	}
	secrets := []client.Object{&core.Secret{}}
	manager, err := ctrl.NewManager(util.RestConfigWithUserAgent(config, "cainjector"), ctrl.Options{
		Scheme:                  kinds,
		Cache:                   cache.Options{ReaderFailOnMissingInformer: true},
		Client:                  client.Options{Cache: &client.CacheOptions{DisableFor: secrets}},
		LeaderElection:          true,
		LeaderElectionID:        "cert-manager-cainjector-leader-election",
		LeaderElectionNamespace: leases,
		Metrics:                 server.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	setup := cainjector.SetupOptions{
		EnableCertificatesDataSource: true,
		EnabledReconcilersFor: map[string]bool{
			cainjector.MutatingWebhookConfigurationName:   true,
			cainjector.ValidatingWebhookConfigurationName: true,
			cainjector.APIServiceName:                     true,
			cainjector.CustomResourceDefinitionName:       true,
		},
	}
	if err := cainjector.RegisterAllInjectors(ctx, manager, setup); err != nil {
		return err
	}
	return manager.Start(ctx)
}

func injectorKinds() (*runtime.Scheme, error) {
	kinds := runtime.NewScheme()
	add := runtime.NewSchemeBuilder(
		scheme.AddToScheme,
		cmscheme.AddToScheme,
		apiextensions.AddToScheme,
		apiregistration.AddToScheme,
	)
	return kinds, add.AddToScheme(kinds)
}
