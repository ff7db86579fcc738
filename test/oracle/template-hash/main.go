// Prints random pod templates and their hashes, or hashes templates from stdin; one JSON object a line.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand"
	"os"

	corev1 "k8s.io/api/core/v1"
	safe "k8s.io/apimachinery/pkg/util/rand"
)

type line struct {
	Template  json.RawMessage `json:"template"`
	Collision *int32          `json:"collision,omitempty"`
	Hash      string          `json:"hash,omitempty"`
}

func main() {
	count := flag.Int("random", 0, "how many random templates to print; 0 reads templates from stdin")
	seed := flag.Int64("seed", 1, "seed of the random templates")
	flag.Parse()
	out := json.NewEncoder(os.Stdout)
	if *count > 0 {
		source := rand.New(rand.NewSource(*seed))
		for i := 0; i < *count; i++ {
			template := randomTemplate(source)
			raw, _ := json.Marshal(template)
			answer := line{Template: raw}
			if source.Intn(3) == 0 {
				collision := source.Int31n(1000)
				answer.Collision = &collision
			}
			answer.Hash = hashOf(&template, answer.Collision)
			out.Encode(answer)
		}
		return
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		text, err := in.ReadBytes('\n')
		if len(text) > 1 {
			var asked line
			var template corev1.PodTemplateSpec
			if json.Unmarshal(text, &asked) == nil && json.Unmarshal(asked.Template, &template) == nil {
				asked.Hash = hashOf(&template, asked.Collision)
			}
			out.Encode(asked)
		}
		if err != nil {
			return
		}
	}
}

// As section 5.2 of the reference says: Go's JSON, the count as 4 of 8 bytes, FNV-1a, safe letters.
func hashOf(template *corev1.PodTemplateSpec, collision *int32) string {
	sum := fnv.New32a()
	text, _ := json.Marshal(template)
	sum.Write(text)
	if collision != nil {
		bytes := make([]byte, 8)
		binary.LittleEndian.PutUint32(bytes, uint32(*collision))
		sum.Write(bytes)
	}
	return safe.SafeEncodeString(fmt.Sprint(sum.Sum32()))
}
