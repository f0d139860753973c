// Package components groups pairs of things that may belong together.
package components

// Of returns the connected components of pairs: those that share a thing with one another, by the two
// things of each. Components are in the order of their first pairs, and pairs in their order.
func Of[P any, A, B comparable](pairs []P, things func(P) (A, B)) [][]P {
	leader := make([]int, len(pairs))
	find := func(i int) int {
		for leader[i] != i {
			i, leader[i] = leader[i], leader[leader[i]]
		}
		return i
	}
	withA, withB := map[A]int{}, map[B]int{}
	for i, p := range pairs {
		leader[i] = i
		a, b := things(p)
		if j, ok := withA[a]; ok {
			leader[find(i)] = find(j)
		}
		if j, ok := withB[b]; ok {
			leader[find(i)] = find(j)
		}
		withA[a], withB[b] = i, i
	}
	at := map[int]int{} // of a leader, the place of its component
	var all [][]P
	for i, p := range pairs {
		k, ok := at[find(i)]
		if !ok {
			k = len(all)
			at[find(i)], all = k, append(all, nil)
		}
		all[k] = append(all[k], p)
	}
	return all
}
