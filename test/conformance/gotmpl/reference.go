// Renders template rows with Go's own text/template, the one that Helm uses.
//
// It reads one JSON object a line from standard input, {"template", "data", "missingKey"}, and
// prints one a line, {"output"} or {"error"}. Functions that are no builtins stand for the
// kinds of signatures that Helm's functions have; test/support/template-functions.ts has the
// same ones.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type row struct {
	Template   string
	Data       any
	MissingKey string
}

type result struct {
	Output *string `json:"output,omitempty"`
	Error  *string `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for lines.Scan() {
		var next row
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			panic(err)
		}
		output, err := render(next)
		if err != nil {
			text := err.Error()
			encoder.Encode(result{Error: &text})
			continue
		}
		encoder.Encode(result{Output: &output})
	}
}

func render(next row) (string, error) {
	t := template.New("gotpl").Option("missingkey=" + next.MissingKey)
	t.Funcs(functions(t))
	if _, err := t.New("c/t.yaml").Parse(next.Template); err != nil {
		return "", err
	}
	var output strings.Builder
	err := t.ExecuteTemplate(&output, "c/t.yaml", value(next.Data))
	return output.String(), err
}

// value gives numbers and collections the Go types that the data names, as {"$i64": 9}.
func value(data any) any {
	switch data := data.(type) {
	case []any:
		list := make([]any, len(data))
		for i, item := range data {
			list[i] = value(item)
		}
		return list
	case map[string]any:
		for kind, item := range data {
			if strings.HasPrefix(kind, "$") {
				return typed(kind, item)
			}
		}
		table := map[string]any{}
		for key, item := range data {
			table[key] = value(item)
		}
		return table
	}
	return data
}

func typed(kind string, data any) any {
	switch kind {
	case "$i":
		return int(data.(float64))
	case "$i64":
		return int64(data.(float64))
	case "$u8":
		return uint8(data.(float64))
	case "$ss":
		list := []string{}
		for _, item := range data.([]any) {
			list = append(list, item.(string))
		}
		return list
	case "$sm":
		table := map[string]string{}
		for key, item := range data.(map[string]any) {
			table[key] = item.(string)
		}
		return table
	}
	return data.(float64)
}

func functions(t *template.Template) template.FuncMap {
	return template.FuncMap{
		"upper": strings.ToUpper,
		"list":  func(items ...any) []any { return items },
		"dict": func(pairs ...any) map[string]any {
			table := map[string]any{}
			for i := 0; i+1 < len(pairs); i += 2 {
				table[fmt.Sprint(pairs[i])] = pairs[i+1]
			}
			return table
		},
		"add": func(a, b int) int { return a + b },
		"add64": func(a int64, more ...int64) int64 {
			for _, b := range more {
				a += b
			}
			return a
		},
		"half": func(number float64) float64 { return number / 2 },
		"trunc": func(size int, text string) string {
			if size >= 0 && len(text) > size {
				return text[:size]
			}
			return text
		},
		"default": func(fallback any, given ...any) any {
			if len(given) > 0 {
				if truth, _ := template.IsTrue(given[0]); truth {
					return given[0]
				}
			}
			return fallback
		},
		"fail":    func(message string) (string, error) { return "", errors.New(message) },
		"nothing": func() any { return nil },
		"yes":     func(value bool) bool { return value },
		"keys":    func(table map[string]any) int { return len(table) },
		"size":    func(list []any) int { return len(list) },
		"join":    func(separator string, list []string) string { return strings.Join(list, separator) },
		"include": func(name string, data any) (string, error) {
			var output strings.Builder
			err := t.ExecuteTemplate(&output, name, data)
			return output.String(), err
		},
	}
}
