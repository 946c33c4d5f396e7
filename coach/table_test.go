package coach

// Row is a row of the command table, as tests go through it.
type Row struct {
	Name            string
	Lead, Learner   bool // for leads, for learners only
	Hidden, Anybody bool
}

// Table returns the command table in no order.
func Table() []Row {
	var rows []Row
	for name, c := range commands {
		rows = append(rows, Row{Name: name, Lead: c.who == leads, Learner: c.who == learners, Anybody: c.who == anybody, Hidden: c.hidden})
	}
	return rows
}
