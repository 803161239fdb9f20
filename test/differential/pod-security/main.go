// What k8s.io/pod-security-admission says about pods. It is built against
// several releases of that module: a server of 1.N links v0.N.
//
//	pod-security judge [-level L] [-version V] [-emulate 1.N]
//
// reads {"metadata": …, "spec": …}, one a line, and answers one line for each:
// for both levels the results at versions 1.0 to 1.40 and latest, as stretches
// of versions whose results are the same. The flags narrow that down.
//
//	pod-security bench FILE
//
// decodes the pods of FILE, then for each line of stdin ("decide" or "message")
// judges all of them at both levels, latest version, and prints nanoseconds.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"os"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// Beyond the newest that any release knows: what is newer means the newest.
const lastMinor = 40

type pod struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     corev1.PodSpec    `json:"spec"`
}

type failure struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// stretch is one or more versions with the same results.
type stretch struct {
	From    string    `json:"from"`
	Failed  []failure `json:"failed"`
	Message string    `json:"message"`
	Reasons string    `json:"reasons"`
}

type answer struct {
	Error  string                  `json:"error,omitempty"`
	Levels map[api.Level][]stretch `json:"levels,omitempty"`
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: pod-security judge [flags] | bench FILE")
	}
	switch os.Args[1] {
	case "judge":
		judgeLines(os.Args[2:])
	case "bench":
		bench(os.Args[2])
	default:
		log.Fatal("no such mode: ", os.Args[1])
	}
}

func judgeLines(args []string) {
	flags := flag.NewFlagSet("judge", flag.ExitOnError)
	level := flags.String("level", "", "this level only")
	version := flags.String("version", "", "this version only: latest, v1.N")
	emulate := flags.String("emulate", "", "as a server that emulates this minor: v1.N")
	flags.Parse(args)
	levels := []api.Level{api.LevelBaseline, api.LevelRestricted}
	if *level != "" {
		levels = []api.Level{api.Level(*level)}
	}
	versions := allVersions()
	if *version != "" {
		versions = []api.Version{parse(*version)}
	}
	evaluate := evaluator(*emulate)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	lines(os.Stdin, func(line []byte) {
		text, err := json.Marshal(judge(line, evaluate, levels, versions))
		if err != nil {
			log.Fatal(err)
		}
		out.Write(text)
		out.WriteByte('\n')
	})
}

func judge(line []byte, evaluate evaluation, levels []api.Level, versions []api.Version) answer {
	var one pod
	if err := json.Unmarshal(line, &one); err != nil {
		return answer{Error: err.Error()}
	}
	found := map[api.Level][]stretch{}
	for _, level := range levels {
		for _, version := range versions {
			now := evaluate(api.LevelVersion{Level: level, Version: version}, &one)
			so := found[level]
			if len(so) > 0 && reflect.DeepEqual(so[len(so)-1].Failed, now.Failed) {
				continue
			}
			now.From = version.String()
			found[level] = append(so, now)
		}
	}
	return answer{Levels: found}
}

type evaluation func(api.LevelVersion, *pod) stretch

// Results carry no id, so each check is wrapped in one that notes its own.
func evaluator(emulate string) evaluation {
	checks := policy.DefaultChecks()
	var ran []string
	for i := range checks {
		id := fmt.Sprint(checks[i].ID)
		for j := range checks[i].Versions {
			inner := checks[i].Versions[j].CheckPod
			checks[i].Versions[j].CheckPod = func(metadata *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				ran = append(ran, id)
				return inner(metadata, spec)
			}
		}
	}
	reference := newEvaluator(checks, emulate)
	return func(level api.LevelVersion, one *pod) stretch {
		ran = ran[:0]
		results := reference.EvaluatePod(level, &one.Metadata, &one.Spec)
		failed := []failure{}
		for at, result := range results {
			if !result.Allowed {
				failed = append(failed, failure{ran[at], result.ForbiddenReason, result.ForbiddenDetail})
			}
		}
		all := policy.AggregateCheckResults(results)
		return stretch{Failed: failed, Message: all.ForbiddenDetail(), Reasons: all.ForbiddenReason()}
	}
}

// The constructor has a second argument since 1.35.
func newEvaluator(checks []policy.Check, emulate string) policy.Evaluator {
	constructor := reflect.ValueOf(policy.NewEvaluator)
	args := []reflect.Value{reflect.ValueOf(checks)}
	if constructor.Type().NumIn() == 2 {
		var emulated *api.Version
		if emulate != "" {
			version := parse(emulate)
			emulated = &version
		}
		args = append(args, reflect.ValueOf(emulated))
	} else if emulate != "" {
		log.Fatal("this release emulates nothing")
	}
	made := constructor.Call(args)
	if err, isError := made[1].Interface().(error); isError {
		log.Fatal(err)
	}
	return made[0].Interface().(policy.Evaluator)
}

func allVersions() []api.Version {
	all := make([]api.Version, 0, lastMinor+2)
	for minor := 0; minor <= lastMinor; minor++ {
		all = append(all, api.MajorMinorVersion(1, minor))
	}
	return append(all, api.LatestVersion())
}

func parse(version string) api.Version {
	parsed, err := api.ParseVersion(version)
	if err != nil {
		log.Fatal(err)
	}
	return parsed
}

func bench(path string) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	var pods []*pod
	lines(file, func(line []byte) {
		one := &pod{}
		if err := json.Unmarshal(line, one); err != nil {
			log.Fatal(err)
		}
		pods = append(pods, one)
	})
	reference := newEvaluator(policy.DefaultChecks(), "")
	fmt.Println(len(pods))
	lines(os.Stdin, func(line []byte) {
		isMessage := string(line) == "message"
		start := time.Now()
		refused, bytes := 0, 0
		for _, one := range pods {
			for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
				all := policy.AggregateCheckResults(reference.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &one.Metadata, &one.Spec))
				if !all.Allowed {
					refused++
					if isMessage {
						bytes += len(all.ForbiddenDetail())
					}
				}
			}
		}
		// What was counted shows that both sides did the same work.
		fmt.Println(time.Since(start).Nanoseconds(), refused, bytes)
	})
}

func lines(from *os.File, each func([]byte)) {
	in := bufio.NewScanner(from)
	in.Buffer(make([]byte, 1<<20), 1<<30)
	for in.Scan() {
		each(in.Bytes())
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
}
