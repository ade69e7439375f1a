module kubectl-pkg/test/tools/hcl

go 1.25.0

require github.com/hashicorp/hcl v1.0.0
