// Command dump prints kubectl's command tree as JSON: every command with its
// aliases and every flag with what decides how many words it takes. Built once
// per kubectl release (dump.sh), because the releases disagree.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/component-base/logs"
	"k8s.io/kubectl/pkg/cmd"
)

type flag struct {
	Name       string `json:"name"`
	Short      string `json:"short,omitempty"`
	Type       string `json:"type"`
	NoOpt      string `json:"noOpt,omitempty"`
	Persistent bool   `json:"persistent,omitempty"`
	Hidden     bool   `json:"hidden,omitempty"`
	Deprecated bool   `json:"deprecated,omitempty"`
}

type command struct {
	Path            []string `json:"path"`
	Aliases         []string `json:"aliases,omitempty"`
	Flags           []flag   `json:"flags,omitempty"`
	RawArgs         bool     `json:"rawArgs,omitempty"`
	StopsAtWord     bool     `json:"stopsAtWord,omitempty"`
	UnknownFlags    bool     `json:"unknownFlags,omitempty"`
	TraverseParents bool     `json:"traverse,omitempty"`
}

func main() {
	root := cmd.NewDefaultKubectlCommand()
	// What component-base's cli.Run adds before it parses.
	logs.AddFlags(root.PersistentFlags())
	root.InitDefaultHelpCmd()
	var out []command
	walk(root, nil, &out)
	sort.Slice(out, func(i, j int) bool { return less(out[i].Path, out[j].Path) })
	encoder := json.NewEncoder(os.Stdout)
	if err := encoder.Encode(out); err != nil {
		panic(err)
	}
}

func walk(c *cobra.Command, path []string, out *[]command) {
	// Flags first: asking cobra for anything else merges the parents' flags in.
	entry := command{Path: path, Aliases: c.Aliases, RawArgs: c.DisableFlagParsing,
		UnknownFlags: c.FParseErrWhitelist.UnknownFlags, TraverseParents: c.TraverseChildren}
	entry.StopsAtWord = !reflect.ValueOf(c.Flags()).Elem().FieldByName("interspersed").Bool()
	if entry.Path == nil {
		entry.Path = []string{}
	}
	entry.Flags = append(flagsOf(c.Flags(), c.PersistentFlags(), false), flagsOf(c.PersistentFlags(), nil, true)...)
	sort.Slice(entry.Flags, func(i, j int) bool { return entry.Flags[i].Name < entry.Flags[j].Name })
	*out = append(*out, entry)
	for _, child := range c.Commands() {
		walk(child, append(append([]string{}, path...), child.Name()), out)
	}
}

func flagsOf(set, except *pflag.FlagSet, persistent bool) []flag {
	var found []flag
	set.VisitAll(func(f *pflag.Flag) {
		if except != nil && except.Lookup(f.Name) == f {
			return
		}
		found = append(found, flag{Name: f.Name, Short: f.Shorthand, Type: f.Value.Type(), NoOpt: f.NoOptDefVal,
			Persistent: persistent, Hidden: f.Hidden, Deprecated: f.Deprecated != ""})
	})
	return found
}

func less(a, b []string) bool {
	for i := range a {
		if i >= len(b) || a[i] > b[i] {
			return false
		}
		if a[i] < b[i] {
			return true
		}
	}
	return len(a) < len(b)
}
