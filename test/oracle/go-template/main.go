package main

import (
	"bytes"
	"encoding/json"
	"os"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

type result struct {
	Template string `json:"template"`
	Output   string `json:"output,omitempty"`
	Error    string `json:"error,omitempty"`
}

func main() {
	var in struct {
		Data      map[string]interface{} `json:"data"`
		Templates []string               `json:"templates"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		panic(err)
	}
	var out []result
	for _, text := range in.Templates {
		r := result{Template: text}
		t, err := template.New("t").Funcs(sprig.TxtFuncMap()).Parse(text)
		if err == nil {
			var b bytes.Buffer
			if err = t.Execute(&b, in.Data); err == nil {
				r.Output = b.String()
			}
		}
		if err != nil {
			r.Error = err.Error()
		}
		out = append(out, r)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	_ = enc.Encode(map[string]interface{}{"data": in.Data, "cases": out})
}
