// Package house holds the tests that concern the project as a whole: which package may
// import which, how things are documented and named, whether README is true,
// and whether the captures in testdata still give the reports beside them.
package house
