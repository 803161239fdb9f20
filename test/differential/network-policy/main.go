// Asks the evaluator of cyclonus, which tests NetworkPolicy in CNIs, whether
// traffic between a pod and an address outside of the cluster is allowed: a
// line of JSON per case in, a line with a list of answers out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
)

type query struct {
	IsIngress bool              `json:"isIngress"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels"`
	IP        string            `json:"ip"`
	Protocol  core.Protocol     `json:"protocol"`
	Port      int               `json:"port"`
	PortName  string            `json:"portName"`
}

type problem struct {
	Policies []*networking.NetworkPolicy `json:"policies"`
	Queries  []query                     `json:"queries"`
}

func answer(policy *matcher.Policy, q query) bool {
	pod := &matcher.TrafficPeer{IP: "192.0.2.1", Internal: &matcher.InternalPeer{Namespace: q.Namespace, PodLabels: q.Labels}}
	outside := &matcher.TrafficPeer{IP: q.IP}
	traffic := &matcher.Traffic{Source: pod, Destination: outside, ResolvedPort: q.Port, ResolvedPortName: q.PortName, Protocol: q.Protocol}
	if q.IsIngress {
		traffic.Source, traffic.Destination = outside, pod
	}
	return policy.IsIngressOrEgressAllowed(traffic, q.IsIngress).IsAllowed()
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var one problem
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		policy := matcher.BuildNetworkPolicies(false, one.Policies)
		answers := make([]bool, 0, len(one.Queries))
		for _, q := range one.Queries {
			answers = append(answers, answer(policy, q))
		}
		text, _ := json.Marshal(answers)
		fmt.Fprintln(out, string(text))
	}
}
