// Reads documents from stdin, each behind its length (uint32, big endian), and
// answers for each with a status byte, a length and a text: 0 and the JSON that
// kubectl's decoder gets, 1 and the error, 2 where the two go-yaml releases
// that kubectl builds have used disagree.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"reflect"

	forked "go.yaml.in/yaml/v2"
	original "gopkg.in/yaml.v2"
	"sigs.k8s.io/yaml"
)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	for {
		var size uint32
		if err := binary.Read(in, binary.BigEndian, &size); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		document := make([]byte, size)
		if _, err := io.ReadFull(in, document); err != nil {
			log.Fatal(err)
		}
		status, text := judge(document)
		out.WriteByte(status)
		binary.Write(out, binary.BigEndian, uint32(len(text)))
		out.Write(text)
	}
}

func judge(document []byte) (byte, []byte) {
	var a, b interface{}
	errA := original.Unmarshal(document, &a)
	errB := forked.Unmarshal(document, &b)
	json, err := yaml.YAMLToJSON(document)
	if (errA == nil) != (errB == nil) || err == nil && !reflect.DeepEqual(a, b) {
		return 2, []byte(fmt.Sprint(errA, " / ", errB))
	}
	if err != nil {
		return 1, []byte(err.Error())
	}
	return 0, json
}
