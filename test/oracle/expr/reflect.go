package main

import (
	"errors"
	"fmt"
	"reflect"
)

// reflectList tags the insides of lists and of maps with text keys.
func reflectList(v any) (any, error) {
	value := reflect.ValueOf(v)
	switch value.Kind() {
	case reflect.Slice, reflect.Array:
		list := make([]any, 0, value.Len())
		for i := range value.Len() {
			list = append(list, tagged(value.Index(i).Interface()))
		}
		return list, nil
	case reflect.Map:
		tree := map[string]any{}
		for _, key := range value.MapKeys() {
			tree[fmt.Sprint(key.Interface())] = tagged(value.MapIndex(key).Interface())
		}
		return tree, nil
	}
	return nil, errors.New("no list")
}
