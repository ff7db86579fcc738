// Command oracle runs expressions, one a line on stdin, through the peer's engine and prints what came of each as JSON.
// With the argument jsonl the lines are those of `sluice expr --jsonl`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"time"

	"github.com/expr-lang/expr"
)

type vector struct {
	Source string `json:"source"`
	Value  any    `json:"value,omitempty"`
	Error  string `json:"error,omitempty"`
	// Message is the engine's own text with position and caret.
	Message string `json:"message,omitempty"`
}

func environment() map[string]any {
	var obj any
	_ = json.Unmarshal([]byte(`{"a":1,"b":{"c":"x"},"list":[{"v":1},{"v":3}],"t":true,"empty":[],"s":"text","nothing":null}`), &obj)
	return map[string]any{
		"n": 2.5, "i": 7, "s": "héllo", "none": nil,
		"floats": []float64{1, 2}, "list": []any{1.0, "a", nil}, "obj": obj,
		"at": time.Date(2024, 2, 29, 13, 4, 5, 678000000, time.UTC), "span": 90 * time.Minute,
	}
}

// tagged writes ints as "int:1", floats as "float:1" and so on, so that no kind is lost in JSON.
func tagged(v any) any {
	switch x := v.(type) {
	case nil:
		return "nil"
	case bool:
		return "bool:" + strconv.FormatBool(x)
	case string:
		return "string:" + x
	case float64:
		if math.IsNaN(x) {
			return "float:NaN"
		}
		return "float:" + strconv.FormatFloat(x, 'g', -1, 64)
	case float32:
		return "float:" + strconv.FormatFloat(float64(x), 'g', -1, 64)
	case time.Duration:
		return "duration:" + x.String()
	case time.Time:
		return "time:" + x.Format("2006-01-02T15:04:05.999999999Z07:00 MST")
	case time.Month:
		return "month:" + x.String()
	case time.Weekday:
		return "weekday:" + x.String()
	case *time.Location:
		return "location:" + x.String()
	case []byte:
		return fmt.Sprintf("bytes:%v", x)
	}
	switch raw := fmt.Sprintf("%T", v); raw {
	case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64":
		return fmt.Sprintf("int:%d", v)
	}
	return tagReflected(v)
}

func run(source string) (out vector) {
	out.Source = source
	defer func() {
		if r := recover(); r != nil {
			out.Error = fmt.Sprint(r)
		}
	}()
	env := environment()
	program, err := expr.Compile(source, expr.Env(env))
	if err != nil {
		out.Error = "compile"
		out.Message = err.Error()
		return out
	}
	value, err := expr.Run(program, env)
	if err != nil {
		out.Error = "run"
		out.Message = err.Error()
		return out
	}
	out.Value = tagged(value)
	return out
}

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(nil, 1<<24)
	isLines := len(os.Args) > 1 && os.Args[1] == "jsonl"
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for scanner.Scan() {
		var answered any
		if isLines {
			answered = answerLine(scanner.Bytes())
		} else {
			answered = run(scanner.Text())
		}
		if err := encoder.Encode(answered); err != nil {
			panic(err)
		}
	}
}
