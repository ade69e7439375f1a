// Program hcl reads configuration as Vault and OpenBao do, and prints each file as a line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/hcl"
	"github.com/hashicorp/hcl/hcl/ast"
)

func main() {
	for _, file := range os.Args[1:] {
		text, err := read(file)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			os.Exit(1)
		}
		fmt.Println(text)
	}
}

func read(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	tree, err := hcl.ParseBytes(text)
	if err != nil {
		return "", err
	}
	if err := refuseTwins(tree.Node); err != nil {
		return "", err
	}
	var config map[string]any
	if err := hcl.DecodeObject(&config, tree); err != nil {
		return "", err
	}
	printed, err := json.Marshal(config)
	return string(printed), err
}

// refuseTwins refuses a setting that stands in a block twice, as Vault does since 1.20.
func refuseTwins(node ast.Node) error {
	var twin error
	ast.Walk(node, func(each ast.Node) (ast.Node, bool) {
		list, isList := each.(*ast.ObjectList)
		if !isList {
			return each, true
		}
		seen := map[string]bool{}
		for _, item := range list.Items {
			if !item.Assign.IsValid() {
				continue
			}
			key := item.Keys[0].Token.Text
			if seen[key] {
				twin = fmt.Errorf("%s: %s is set twice", item.Pos(), key)
			}
			seen[key] = true
		}
		return each, true
	})
	return twin
}
