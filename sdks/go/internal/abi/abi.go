// Package abi is what the generated code below `internal` and beside it needs and what does not depend on the WIT.
//
// Plugins have no use for it.
// Names that begin with Wit stand among names from the WIT, which seldom begin so.
package abi
