// Reads one {"path", "data"} a line and answers what client-go finds: {"found": [[…]]}, {"parse": "…"} or {"find": "…"}.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/client-go/util/jsonpath"
)

type question struct {
	Path string `json:"path"`
	Data any    `json:"data"`
}

func answer(q question) (out map[string]any) {
	defer func() {
		if r := recover(); r != nil {
			out = map[string]any{"panic": fmt.Sprint(r)}
		}
	}()
	parser := jsonpath.New("metrics")
	if err := parser.Parse(q.Path); err != nil {
		return map[string]any{"parse": err.Error()}
	}
	results, err := parser.FindResults(q.Data)
	if err != nil {
		return map[string]any{"find": err.Error()}
	}
	found := [][]any{}
	for _, list := range results {
		values := []any{}
		for _, value := range list {
			values = append(values, value.Interface())
		}
		found = append(found, values)
	}
	return map[string]any{"found": found}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		if err := out.Encode(answer(q)); err != nil {
			panic(err)
		}
	}
}
