package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var groupVersion = schema.GroupVersion{Group: "vpcpeering.dev", Version: "v1alpha1"}

// VPCPeering as the objects of this measurement are: what kubebuilder would generate for their fields.
type VPCPeering struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              Spec   `json:"spec,omitempty"`
	Status            Status `json:"status,omitempty"`
}

type Spec struct {
	Mode   string  `json:"mode,omitempty"`
	Tunnel *Tunnel `json:"tunnel,omitempty"`
	Sites  []Site  `json:"sites,omitempty"`
}

type Tunnel struct {
	CIDR                string `json:"cidr,omitempty"`
	ListenPort          int32  `json:"listenPort,omitempty"`
	PersistentKeepalive string `json:"persistentKeepalive,omitempty"`
}

type Site struct {
	Name   string `json:"name"`
	Region string `json:"region"`
	VPC    VPC    `json:"vpc"`
}

type VPC struct {
	CIDR string `json:"cidr,omitempty"`
	ID   string `json:"id,omitempty"`
}

type Status struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

type VPCPeeringList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []VPCPeering `json:"items"`
}

func (in *VPCPeering) DeepCopyObject() runtime.Object {
	out := *in
	in.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	if in.Spec.Tunnel != nil {
		tunnel := *in.Spec.Tunnel
		out.Spec.Tunnel = &tunnel
	}
	out.Spec.Sites = append([]Site(nil), in.Spec.Sites...)
	out.Status.Conditions = append([]metav1.Condition(nil), in.Status.Conditions...)
	return &out
}

func (in *VPCPeeringList) DeepCopyObject() runtime.Object {
	out := *in
	out.Items = make([]VPCPeering, 0, len(in.Items))
	for i := range in.Items {
		out.Items = append(out.Items, *in.Items[i].DeepCopyObject().(*VPCPeering))
	}
	return &out
}
