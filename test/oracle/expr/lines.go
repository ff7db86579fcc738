package main

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/expr-lang/expr"
)

// request is one line as `sluice expr --jsonl` takes it.
type request struct {
	Expr      *string        `json:"expr"`
	Env       map[string]any `json:"env"`
	Condition *string        `json:"condition"`
	Result    any            `json:"result"`
	Rt        string         `json:"rt"`
}

// answer is what `sluice expr --jsonl` writes, and the value with the kind of every part.
type answer struct {
	Value   any    `json:"value"`
	Type    string `json:"type,omitempty"`
	Tagged  any    `json:"tagged,omitempty"`
	Error   string `json:"error,omitempty"`
	Message string `json:"message,omitempty"`
}

func answerLine(line []byte) (out answer) {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: "compile", Message: err.Error()}
	}
	source, env := "", map[string]any{}
	if asked.Condition != nil {
		source, env = *asked.Condition, conditionEnv(resultOf(asked))
	} else {
		source = *asked.Expr
		for name, value := range asked.Env {
			env[name] = decoded(value)
		}
	}
	defer func() {
		if r := recover(); r != nil {
			out = answer{Error: "run", Message: fmt.Sprint(r)}
		}
	}()
	program, err := expr.Compile(source, expr.Env(env))
	if err != nil {
		return answer{Error: "compile", Message: err.Error()}
	}
	value, err := expr.Run(program, env)
	if err != nil {
		return answer{Error: "run", Message: err.Error()}
	}
	if _, isBool := value.(bool); asked.Condition != nil && !isBool {
		return answer{Error: "run", Message: fmt.Sprintf("expected bool, but got %T", value)}
	}
	return answer{Value: encoded(value), Type: typeOf(value), Tagged: tagged(value)}
}

func resultOf(asked request) any {
	switch asked.Rt {
	case "floats":
		floats := []float64{}
		for _, item := range asked.Result.([]any) {
			floats = append(floats, decoded(item).(float64))
		}
		return floats
	case "int":
		return int(asked.Result.(float64))
	case "nilfloat":
		return nil
	}
	return decoded(asked.Result)
}

// conditionEnv has the functions that a metric's conditions see, written after the reference.
func conditionEnv(result any) map[string]any {
	return map[string]any{
		"result": result,
		"asInt": func(x any) (int64, error) {
			switch value := x.(type) {
			case string:
				return strconv.ParseInt(value, 10, 64)
			case int, int64, uint8:
				return reflect.ValueOf(value).Convert(reflect.TypeOf(int64(0))).Int(), nil
			case float64:
				return int64(value), nil
			}
			return 0, fmt.Errorf("asInt() not supported on type %T", x)
		},
		"asFloat": func(x any) (float64, error) {
			switch value := x.(type) {
			case string:
				return strconv.ParseFloat(value, 64)
			case int, int64, uint8:
				return float64(reflect.ValueOf(value).Convert(reflect.TypeOf(int64(0))).Int()), nil
			case float64:
				return value, nil
			}
			return 0, fmt.Errorf("asFloat() not supported on type %T", x)
		},
		"isNaN": math.IsNaN,
		"isInf": func(x float64) bool { return math.IsInf(x, 0) },
		"isNil": func(any) bool { return result == nil },
		"default": func(_ any, fallback any) any {
			if result == nil {
				return fallback
			}
			return result
		},
	}
}

// decoded turns what stands for a value that JSON has no word for into that value.
func decoded(json any) any {
	switch value := json.(type) {
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = decoded(item)
		}
		return list
	case map[string]any:
		if special, ok := decodedSpecial(value); ok {
			return special
		}
		tree := map[string]any{}
		for key, item := range value {
			tree[key] = decoded(item)
		}
		return tree
	}
	return json
}

func decodedSpecial(value map[string]any) (any, bool) {
	if len(value) != 1 {
		return nil, false
	}
	for key, inner := range value {
		switch key {
		case "$float":
			float, _ := strconv.ParseFloat(inner.(string), 64)
			return float, true
		case "$int":
			int, _ := strconv.Atoi(inner.(string))
			return int, true
		case "$duration":
			span, _ := time.ParseDuration(inner.(string))
			return span, true
		case "$time":
			at, _ := time.Parse(time.RFC3339Nano, inner.(string))
			return at, true
		case "$bytes":
			bytes := []byte{}
			for _, item := range inner.([]any) {
				bytes = append(bytes, byte(item.(float64)))
			}
			return bytes, true
		case "$map":
			tree := map[any]any{}
			for _, pair := range inner.([]any) {
				tree[decoded(pair.([]any)[0])] = decoded(pair.([]any)[1])
			}
			return tree, true
		}
	}
	return nil, false
}

func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "nil"
	case time.Duration:
		return "duration"
	case time.Time:
		return "time"
	case []byte:
		return "bytes"
	}
	switch reflect.TypeOf(v).Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Map:
		return "map"
	case reflect.Int, reflect.Int64, reflect.Uint8:
		return "int"
	}
	return "string"
}

// encoded is a value as JSON, floats without a number and maps of other keys as in the requests.
func encoded(v any) any {
	switch value := v.(type) {
	case nil, bool, string, int, int64, uint8:
		return v
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return map[string]any{"$float": strconv.FormatFloat(value, 'g', -1, 64)}
		}
		return v
	case time.Duration:
		return value.String()
	case time.Time:
		return value.Format(time.RFC3339Nano)
	}
	list := reflect.ValueOf(v)
	switch list.Kind() {
	case reflect.Slice, reflect.Array:
		items := make([]any, list.Len())
		for i := range items {
			items[i] = encoded(list.Index(i).Interface())
		}
		return items
	case reflect.Map:
		return encodedMap(list)
	case reflect.Int:
		return list.Int()
	}
	return fmt.Sprint(v)
}

func encodedMap(value reflect.Value) any {
	tree, pairs, isText := map[string]any{}, [][]any{}, true
	for entries := value.MapRange(); entries.Next(); {
		key := entries.Key()
		item := encoded(entries.Value().Interface())
		text, ok := key.Interface().(string)
		isText = isText && ok
		tree[text] = item
		pairs = append(pairs, []any{encoded(key.Interface()), item})
	}
	if isText {
		return tree
	}
	return map[string]any{"$map": pairs}
}
