package main

import (
	"fmt"
	"reflect"
	"sort"
)

// tagReflected tags the insides of lists and maps; a map with other than text keys becomes a list of pairs.
func tagReflected(v any) any {
	value := reflect.ValueOf(v)
	switch value.Kind() {
	case reflect.Slice, reflect.Array:
		list := make([]any, 0, value.Len())
		for i := range value.Len() {
			list = append(list, tagged(value.Index(i).Interface()))
		}
		return list
	case reflect.Map:
		return tagMap(value)
	}
	return fmt.Sprintf("other:%T", v)
}

func tagMap(value reflect.Value) any {
	tree := map[string]any{}
	pairs := [][]any{}
	isText := true
	for entries := value.MapRange(); entries.Next(); {
		k, item := entries.Key().Interface(), tagged(entries.Value().Interface())
		if _, ok := k.(string); !ok {
			isText = false
		}
		tree[fmt.Sprint(k)] = item
		pairs = append(pairs, []any{tagged(k), item})
	}
	if isText {
		return tree
	}
	sort.Slice(pairs, func(i, j int) bool { return fmt.Sprint(pairs[i][0]) < fmt.Sprint(pairs[j][0]) })
	return map[string]any{"$map": pairs}
}
