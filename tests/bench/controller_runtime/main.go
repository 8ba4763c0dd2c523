// What tests/bench/kubernetes.sh compares our store and queue with: the same work on controller-runtime. Commands come by standard input, a line
// each, and are answered by a line: "synced", "statuses N" (applies N statuses by server-side apply, waits until the watch has brought
// them), "latency" (p99 in microseconds from the arrival of a change to the start of its reconcile, since the last time asked).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"

	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

type bench struct {
	client  client.Client
	mutex   sync.Mutex
	arrived map[types.NamespacedName]time.Time
	waits   []time.Duration
	seen    map[string]bool // names whose status of this round came back
	round   string
}

func (b *bench) arrive(object client.Object, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	key := client.ObjectKeyFromObject(object)
	b.mutex.Lock()
	if _, waiting := b.arrived[key]; !waiting {
		b.arrived[key] = time.Now()
	}
	if conditions := object.(*VPCPeering).Status.Conditions; len(conditions) > 0 && conditions[0].Message == b.round {
		b.seen[key.Name] = true
	}
	b.mutex.Unlock()
	queue.Add(reconcile.Request{NamespacedName: key})
}

func (b *bench) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	b.mutex.Lock()
	if at, ok := b.arrived[request.NamespacedName]; ok {
		b.waits = append(b.waits, time.Since(at))
		delete(b.arrived, request.NamespacedName)
	}
	b.mutex.Unlock()
	var object VPCPeering
	return reconcile.Result{}, client.IgnoreNotFound(b.client.Get(ctx, request.NamespacedName, &object))
}

func (b *bench) latency() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	waits := b.waits
	b.waits = nil
	if len(waits) == 0 {
		return "0 0"
	}
	sort.Slice(waits, func(i, j int) bool { return waits[i] < waits[j] })
	return fmt.Sprintf("%d %d", waits[len(waits)*99/100].Microseconds(), len(waits))
}

func (b *bench) statuses(ctx context.Context, count int, round string) error {
	b.mutex.Lock()
	b.round, b.seen = round, map[string]bool{}
	b.mutex.Unlock()
	for i := 0; i < count; i++ {
		object := &VPCPeering{ObjectMeta: metav1.ObjectMeta{Namespace: "network", Name: fmt.Sprintf("many-%d", i)}}
		body, err := json.Marshal(map[string]any{
			"apiVersion": groupVersion.String(), "kind": "VPCPeering",
			"metadata": map[string]any{"name": object.Name, "namespace": object.Namespace},
			"status": map[string]any{"conditions": []metav1.Condition{{Type: "Ready", Status: "False", Reason: "Bench", Message: round,
				LastTransitionTime: metav1.Now()}}},
		})
		if err != nil {
			return err
		}
		patch := client.RawPatch(types.ApplyPatchType, body)
		if err := b.client.Status().Patch(ctx, object, patch, client.FieldOwner("bench"), client.ForceOwnership); err != nil {
			return err
		}
	}
	for {
		b.mutex.Lock()
		done := len(b.seen) >= count
		b.mutex.Unlock()
		if done {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
}

func (b *bench) serve(ctx context.Context) error {
	input := bufio.NewScanner(os.Stdin)
	for round := 0; input.Scan(); round++ {
		var count int
		switch line := input.Text(); {
		case line == "latency":
			fmt.Println(b.latency())
		default:
			if _, err := fmt.Sscanf(line, "statuses %d", &count); err != nil {
				return err
			}
			began := time.Now()
			if err := b.statuses(ctx, count, fmt.Sprintf("round %d", round)); err != nil {
				return err
			}
			fmt.Println(time.Since(began).Microseconds())
		}
	}
	return input.Err()
}

func run() error {
	log.SetLogger(logr.Discard())
	began := time.Now()
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(groupVersion, &VPCPeering{}, &VPCPeeringList{})
	metav1.AddToGroupVersion(scheme, groupVersion)
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	config.QPS, config.Burst = -1, -1 // no limit of its own: neither has ours
	manager, err := ctrl.NewManager(config, ctrl.Options{Scheme: scheme, Metrics: server.Options{BindAddress: "0"}})
	if err != nil {
		return err
	}
	b := &bench{client: manager.GetClient(), arrived: map[types.NamespacedName]time.Time{}, seen: map[string]bool{}}
	events := handler.Funcs{
		CreateFunc: func(_ context.Context, e event.CreateEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			b.arrive(e.Object, q)
		},
		UpdateFunc: func(_ context.Context, e event.UpdateEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			b.arrive(e.ObjectNew, q)
		},
	}
	if err := ctrl.NewControllerManagedBy(manager).Named("bench").Watches(&VPCPeering{}, events).
		WithOptions(controller.Options{MaxConcurrentReconciles: 4}).Complete(b); err != nil {
		return err
	}
	ctx := ctrl.SetupSignalHandler()
	go func() {
		if err := manager.Start(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}()
	// The cache as a whole is in step before anybody has asked it for these objects, and GetInformer waits only once the cache has been started.
	informer, err := manager.GetCache().GetInformer(ctx, &VPCPeering{})
	if err != nil {
		return err
	}
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return ctx.Err()
	}
	fmt.Println(time.Since(began).Microseconds())
	return b.serve(ctx)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
