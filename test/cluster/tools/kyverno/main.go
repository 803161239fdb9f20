// Judges admission requests by Kyverno's policies of both generations, with the
// engines of its admission controller: the command cannot be given an old
// object, nor a subresource. Arguments: files with one policy each. Standard
// input: one AdmissionRequest a line. Standard output: one list of verdicts a
// line; a policy that does not match the request has none.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	policiesv1beta1 "github.com/kyverno/api/api/policies.kyverno.io/v1beta1"
	kyvernov1 "github.com/kyverno/kyverno/api/kyverno/v1"
	kyvernov2 "github.com/kyverno/kyverno/api/kyverno/v2"
	celengine "github.com/kyverno/kyverno/pkg/cel/engine"
	"github.com/kyverno/kyverno/pkg/cel/libs"
	"github.com/kyverno/kyverno/pkg/cel/matching"
	vpolcompiler "github.com/kyverno/kyverno/pkg/cel/policies/vpol/compiler"
	vpolengine "github.com/kyverno/kyverno/pkg/cel/policies/vpol/engine"
	"github.com/kyverno/kyverno/pkg/config"
	kyvernoengine "github.com/kyverno/kyverno/pkg/engine"
	engineapi "github.com/kyverno/kyverno/pkg/engine/api"
	"github.com/kyverno/kyverno/pkg/engine/factories"
	"github.com/kyverno/kyverno/pkg/engine/jmespath"
	"github.com/kyverno/kyverno/pkg/engine/policycontext"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

type verdict struct {
	Policy  string `json:"policy"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// judge gives the verdicts of one policy.
type judge func(admissionv1.AdmissionRequest) ([]verdict, error)

func run(files []string) error {
	var judges []judge
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		one, err := judgeBy(text)
		if err != nil {
			return err
		}
		judges = append(judges, one)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<22)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var request admissionv1.AdmissionRequest
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			return err
		}
		verdicts := []verdict{}
		for _, one := range judges {
			given, err := one(request)
			if err != nil {
				return err
			}
			verdicts = append(verdicts, given...)
		}
		if err := out.Encode(verdicts); err != nil {
			return err
		}
	}
	return lines.Err()
}

func judgeBy(text []byte) (judge, error) {
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal(text, &kind); err != nil {
		return nil, err
	}
	if kind.Kind == "ClusterPolicy" {
		policy := &kyvernov1.ClusterPolicy{}
		if err := yaml.UnmarshalStrict(text, policy); err != nil {
			return nil, err
		}
		return byClusterPolicy(policy), nil
	}
	policy := &policiesv1beta1.ValidatingPolicy{}
	if err := yaml.UnmarshalStrict(text, policy); err != nil {
		return nil, err
	}
	return byValidatingPolicy(policy)
}

func byValidatingPolicy(policy *policiesv1beta1.ValidatingPolicy) (judge, error) {
	provider, err := vpolengine.NewProvider(vpolcompiler.NewCompiler(), []policiesv1beta1.ValidatingPolicyLike{policy}, nil)
	if err != nil {
		return nil, err
	}
	namespaceNamed := func(name string) *corev1.Namespace {
		return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	}
	engine := vpolengine.NewEngine(provider, namespaceNamed, matching.NewMatcher())
	return func(request admissionv1.AdmissionRequest) ([]verdict, error) {
		response, err := engine.Handle(context.Background(), celengine.RequestFromAdmission(libs.NewFakeContextProvider(), request), nil)
		if err != nil {
			return nil, err
		}
		var verdicts []verdict
		for _, one := range response.Policies {
			verdicts = append(verdicts, verdictsOf(policy.Name, one.Rules)...)
		}
		return verdicts, nil
	}, nil
}

func byClusterPolicy(policy *kyvernov1.ClusterPolicy) judge {
	settings := config.NewDefaultConfiguration(false)
	paths := jmespath.New(settings)
	isCluster := false
	engine := kyvernoengine.NewEngine(settings, paths, nil, nil, nil, factories.DefaultContextLoaderFactory(nil), nil, &isCluster)
	return func(request admissionv1.AdmissionRequest) ([]verdict, error) {
		user := kyvernov2.RequestInfo{AdmissionUserInfo: request.UserInfo}
		asked, err := policycontext.NewPolicyContextFromAdmissionRequest(paths, request, user, schema.GroupVersionKind(request.Kind), settings)
		if err != nil {
			return nil, err
		}
		response := engine.Validate(context.Background(), asked.WithPolicy(policy))
		return verdictsOf(policy.Name, response.PolicyResponse.Rules), nil
	}
}

func verdictsOf(policy string, rules []engineapi.RuleResponse) []verdict {
	var verdicts []verdict
	for _, rule := range rules {
		verdicts = append(verdicts, verdict{policy, string(rule.Status()), rule.Message()})
	}
	return verdicts
}
