// Reads one JSON string per line and answers each with two JSON strings: how
// Kubernetes reads it as an address, and as a block; empty where it does not.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"

	netutils "k8s.io/utils/net"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var text string
		if err := json.Unmarshal(in.Bytes(), &text); err != nil {
			log.Fatal(err)
		}
		answer := [2]string{}
		if ip := netutils.ParseIPSloppy(text); ip != nil {
			answer[0] = ip.String()
		}
		if _, block, err := netutils.ParseCIDRSloppy(text); err == nil {
			answer[1] = block.String()
		}
		if err := out.Encode(answer); err != nil {
			log.Fatal(err)
		}
	}
}
