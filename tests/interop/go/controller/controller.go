package main

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

const selector = "interop=copy"

type controller struct {
	client   kubernetes.Interface
	recorder record.EventRecorder
	factory  informers.SharedInformerFactory
	services listers.ServiceLister
	copies   listers.ConfigMapLister
	queue    workqueue.TypedRateLimitingInterface[cache.ObjectName]
}

func newController(client kubernetes.Interface, recorder record.EventRecorder, space string, resync time.Duration) *controller {
	factory := informers.NewSharedInformerFactoryWithOptions(client, resync, informers.WithNamespace(space),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = selector }))
	c := &controller{
		client: client, recorder: recorder, factory: factory,
		services: factory.Core().V1().Services().Lister(),
		copies:   factory.Core().V1().ConfigMaps().Lister(),
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.DefaultTypedControllerRateLimiter[cache.ObjectName]()),
	}
	c.listen("service", factory.Core().V1().Services().Informer())
	c.listen("configmap", factory.Core().V1().ConfigMaps().Informer())
	return c
}

func (c *controller) listen(kind string, informer cache.SharedIndexInformer) {
	add := func(what string, object any) {
		if key, err := cache.DeletionHandlingObjectToName(object); err == nil {
			tell(what+" "+kind, key.Name)
			c.queue.Add(key)
		}
	}
	informer.AddEventHandler(cache.ResourceEventHandlerFuncs{ //nolint:errcheck
		AddFunc: func(object any) { add("added", object) },
		UpdateFunc: func(before, after any) {
			if before.(metav1.Object).GetResourceVersion() == after.(metav1.Object).GetResourceVersion() {
				add("resynced", after)
			} else {
				add("updated", after)
			}
		},
		DeleteFunc: func(object any) { add("deleted", object) },
	})
}

func (c *controller) run(ctx context.Context) {
	defer c.queue.ShutDown()
	c.factory.Start(ctx.Done())
	for kind, synced := range c.factory.WaitForCacheSync(ctx.Done()) {
		if synced {
			tell("synced", strings.TrimPrefix(kind.String(), "*v1."))
		}
	}
	go func() {
		<-ctx.Done()
		c.queue.ShutDown()
	}()
	for c.next(ctx) {
	}
}

func (c *controller) next(ctx context.Context) bool {
	key, stopped := c.queue.Get()
	if stopped {
		return false
	}
	defer c.queue.Done(key)
	if err := c.reconcile(ctx, key); err != nil {
		tell("failed", fmt.Sprintf("%s: %v", key, err))
		c.queue.AddRateLimited(key)
		return true
	}
	c.queue.Forget(key)
	return true
}

// reconcile leaves the deletion of a deleted Service's ConfigMap to the garbage collector; that of one whose label was
// taken away is its own task.
func (c *controller) reconcile(ctx context.Context, key cache.ObjectName) error {
	service, err := c.services.Services(key.Namespace).Get(key.Name)
	if errors.IsNotFound(err) {
		if _, err := c.client.CoreV1().Services(key.Namespace).Get(ctx, key.Name, metav1.GetOptions{}); err != nil {
			return ignoreNotFound(err)
		}
		return ignoreNotFound(c.client.CoreV1().ConfigMaps(key.Namespace).Delete(ctx, key.Name, metav1.DeleteOptions{}))
	}
	if err != nil {
		return err
	}
	wanted := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: key.Namespace, Name: key.Name, Labels: map[string]string{"interop": "copy"},
			OwnerReferences: []metav1.OwnerReference{
				*metav1.NewControllerRef(service, corev1.SchemeGroupVersion.WithKind("Service"))},
		},
		Data: map[string]string{"clusterIP": service.Spec.ClusterIP, "ports": ports(service)},
	}
	copied, err := c.copies.ConfigMaps(key.Namespace).Get(key.Name)
	switch {
	case errors.IsNotFound(err):
		_, err = c.client.CoreV1().ConfigMaps(key.Namespace).Create(ctx, wanted, metav1.CreateOptions{})
		if errors.IsAlreadyExists(err) {
			return nil // the informer will tell
		}
	case err == nil && maps.Equal(copied.Data, wanted.Data):
		return nil
	case err == nil:
		next := copied.DeepCopy()
		next.Data = wanted.Data
		_, err = c.client.CoreV1().ConfigMaps(key.Namespace).Update(ctx, next, metav1.UpdateOptions{})
	}
	if err == nil {
		tell("copied", key.Name)
		c.recorder.Event(service, corev1.EventTypeNormal, "Copied", "into a ConfigMap of that name")
	}
	return err
}

func ports(service *corev1.Service) string {
	var texts []string
	for _, port := range service.Spec.Ports {
		texts = append(texts, fmt.Sprint(port.Port))
	}
	return strings.Join(texts, ",")
}

func ignoreNotFound(err error) error {
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}
