package main

import (
	"encoding/json"
	"math/rand"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var words = []string{"web", "a<b>&c", "", "x\"y\\z", "ünïcödé", "tab\there", "argoproj.io/e2e", "nginx:1.19-alpine"}
var quantities = []string{"5m", "16Mi", "0.001", "1000m", "1.5Gi", "1e3", "0", "2", "100k", "1Ti", "0.5", "12345678901234567890", "1E", "100u", "3n"}

// A template with few fields set, each of them with a value that Go may write in its own way.
func randomTemplate(source *rand.Rand) corev1.PodTemplateSpec {
	for {
		var template corev1.PodTemplateSpec
		fill(source, reflect.ValueOf(&template).Elem(), 0)
		text, err := json.Marshal(template)
		var again corev1.PodTemplateSpec
		if err == nil && len(text) < 3000 && json.Unmarshal(text, &again) == nil {
			return again
		}
	}
}

func fill(source *rand.Rand, value reflect.Value, depth int) {
	switch target := value.Addr().Interface().(type) {
	case *resource.Quantity:
		*target = resource.MustParse(quantities[source.Intn(len(quantities))])
		return
	case *intstr.IntOrString:
		*target = intstr.FromInt32(source.Int31n(3))
		if source.Intn(2) == 0 {
			*target = intstr.FromString(words[source.Intn(len(words))])
		}
		return
	case *metav1.Time:
		*target = metav1.NewTime(time.Unix(source.Int63n(2000000000), 0).UTC())
		return
	case *metav1.FieldsV1:
		target.Raw = []byte(`{"f:a":{}}`)
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		for i := 0; i < value.NumField(); i++ {
			if depth == 0 || source.Intn(4) == 0 {
				fill(source, value.Field(i), depth+1)
			}
		}
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		fill(source, value.Elem(), depth+1)
	case reflect.Slice:
		length := source.Intn(3)
		value.Set(reflect.MakeSlice(value.Type(), length, length))
		for i := 0; i < length; i++ {
			fill(source, value.Index(i), depth+1)
		}
	case reflect.Map:
		value.Set(reflect.MakeMap(value.Type()))
		for i := source.Intn(3); i > 0; i-- {
			key := reflect.New(value.Type().Key()).Elem()
			item := reflect.New(value.Type().Elem()).Elem()
			fill(source, key, depth+1)
			fill(source, item, depth+1)
			value.SetMapIndex(key, item)
		}
	case reflect.String:
		value.SetString(words[source.Intn(len(words))])
	case reflect.Bool:
		value.SetBool(source.Intn(2) == 0)
	case reflect.Int32, reflect.Int64:
		value.SetInt(source.Int63n(3) * 1000)
	case reflect.Uint8:
		value.SetUint(uint64(source.Intn(256)))
	}
}
