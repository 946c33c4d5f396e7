package content

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// fault is one thing wrong with the roadmap of testdata/small: in a file, old
// becomes new.
type fault struct {
	fault, file, old, new string
	want                  []string
}

func faults() []fault {
	const (
		roadmap     = "roadmap.yaml"
		week1       = "weeks/w01.yaml"
		week2       = "weeks/w02.yaml"
		questions   = "questions/basics.yaml"
		kinds       = "questions/kinds.yaml"
		goReview    = "reviews/visit-count.txtar"
		sqlReview   = "reviews/visits-by-city.txtar"
		checkpoints = "checkpoints.yaml"
	)
	return []fault{
		{"unknown key, a slip of the hand", week1, "    think: What did",
			"    thnik: What did", []string{
				"weeks/w01.yaml:7:5: w01d1 has no think; add think: one question to carry around",
				"weeks/w01.yaml:25:5: thnik is unknown here; did you mean think?",
			}},
		{"unknown key, far from any", roadmap, "summary: Two",
			"subtitle: x\nsummary: Two", []string{
				"roadmap.yaml:3:1: subtitle is unknown here; known are deep_share, hours, id, milestones, phases, skills, summary and title",
			}},
		{"key twice", week1, "title: The first plan\n",
			"title: The first plan\ntitle: Another\n", []string{
				"weeks/w01.yaml:3:1: title is here twice; keep this one or that of line 2",
			}},
		{"missing key", week2, "    done_when: The test fails without the index.\n",
			"", []string{
				"weeks/w02.yaml:20:5: w02d2 has no done_when; add done_when: what can be observed when the unit is done",
			}},
		{"empty text", week1, "    think: What did the planner not know?",
			"    think:", []string{
				"weeks/w01.yaml:25:5: think is empty; write one question to carry around",
			}},
		{"blank text", week1, "    think: What did the planner not know?",
			"    think: '  '", []string{
				"weeks/w01.yaml:25:12: think is empty; write one question to carry around",
			}},
		{"number for a text", week1, "title: The first plan",
			"title: 2027", []string{
				"weeks/w01.yaml:2:8: title is a number; write what the week is about, in a few words, in quotes",
			}},
		{"true for a text", week1, "title: The first plan",
			"title: true", []string{
				"weeks/w01.yaml:2:8: title is true or false; write what the week is about, in a few words, in quotes",
			}},
		{"list for a text", week1, "title: The first plan",
			"title: [a, b]", []string{
				"weeks/w01.yaml:2:8: title is a list; write what the week is about, in a few words",
			}},
		{"text for a list", week1, "in_hand:\n  - A table with `100,000` rows",
			"in_hand: A table", []string{
				"weeks/w01.yaml:4:10: in_hand is a text; write a list: what a learner has at the end of the week",
			}},
		{"text for a mapping", roadmap, "hours: {min: 3, max: 4}",
			"hours: 3 to 4", []string{
				"roadmap.yaml:4:8: hours is a text; write its keys and values: min and max",
			}},
		{"text for a number", roadmap, "deep_share: 70",
			"deep_share: seventy", []string{
				"roadmap.yaml:5:13: deep_share is a text; write the advised per cent of deep time",
			}},
		{"number out of range", roadmap, "deep_share: 70",
			"deep_share: 170", []string{
				"roadmap.yaml:5:13: deep_share is 170; write the advised per cent of deep time, 1 to 100",
			}},
		{"number in another base", roadmap, "deep_share: 70",
			"deep_share: 0x46", []string{
				"roadmap.yaml:5:13: deep_share is 0x46; write the advised per cent of deep time, 1 to 100",
			}},
		{"hours the wrong way round", roadmap, "{min: 3, max: 4}",
			"{min: 4, max: 3}", []string{
				"roadmap.yaml:4:22: max is 3; write the most hours a week, 4 to 60",
			}},
		{"empty list", week1, "in_hand:\n  - A table with `100,000` rows",
			"in_hand: []", []string{
				"weeks/w01.yaml:4:10: in_hand has no items; write 1 to 6",
			}},
		{"empty item", week1, "  - A table with `100,000` rows",
			"  -\n  - A table", []string{
				"weeks/w01.yaml:5:4: item 1 of in_hand is empty; write a text, or remove the item",
			}},
		{"unquoted colon in a list", week1, "      - Say what each line does.",
			"      - Say this: what each line does.", []string{
				"weeks/w01.yaml:36:9: item 1 of tasks has no text; add text: what to do in any other language",
				"weeks/w01.yaml:36:9: Say this is unknown here; put the text in quotes if the colon belongs to it",
			}},
		{"unquoted colon in a text", week1, "title: The first plan",
			"title: The first: plan", []string{
				"weeks/w01.yaml:2:8: this is not YAML: mapping value is not allowed in this context; quote a text that holds a colon or a # after a space, or begins with one of * & ! @ ` % [ {",
			}},
		{"unquoted mark", week1, "title: The first plan",
			"title: *first* plan", []string{
				"weeks/w01.yaml:2:8: this is an anchor, alias or tag of YAML; write the value itself, in quotes if it begins with * & or !",
			}},
		{"unquoted mark alone", week1, "    think: What did the planner not know?",
			"    think: *nothing*", []string{
				"weeks/w01.yaml:25:12: this is an anchor, alias or tag of YAML; write the value itself, in quotes if it begins with * & or !",
			}},
		{"anchor", week1, "title: The first plan",
			"title: &a The first plan", []string{
				"weeks/w01.yaml:2:8: this is an anchor, alias or tag of YAML; write the value itself, in quotes if it begins with * & or !",
			}},
		{"tag", week1, "title: The first plan",
			"title: !!str 5", []string{
				"weeks/w01.yaml:2:8: this is an anchor, alias or tag of YAML; write the value itself, in quotes if it begins with * & or !",
			}},
		{"merge key", week1, "title: The first plan",
			"title: The first plan\n<<: {a: b}", []string{
				"weeks/w01.yaml:3:1: this is an anchor, alias or tag of YAML; write the value itself, in quotes if it begins with * & or !",
			}},
		{"explicit key", week1, "title: The first plan",
			"title: The first plan\n? a\n: b", []string{
				"weeks/w01.yaml:3:1: ? is unknown here; known are in_hand, intro, number, rest, title and units",
			}},
		{"unclosed bracket", roadmap, "{min: 3, max: 4}",
			"{min: 3, max: 4", []string{
				"roadmap.yaml:5:1: this is not YAML: ',' or '}' must be specified; quote a text that holds a colon or a # after a space, or begins with one of * & ! @ ` % [ {",
			}},
		{"two documents", roadmap, "title: Read",
			"---\ntitle: Read", []string{
				"roadmap.yaml:2:1: the file holds several YAML documents; write one document without --- and %",
			}},
		{"id with other characters", roadmap, "  - id: testing",
			"  - id: Test_ing", []string{
				`questions/kinds.yaml:4:12: there is no skill "testing"; did you mean Test_ing?`,
				`questions/kinds.yaml:20:12: there is no skill "testing"; did you mean Test_ing?`,
				`questions/kinds.yaml:40:12: there is no skill "testing"; did you mean Test_ing?`,
				`roadmap.yaml:11:9: id is "Test_ing"; write lower-case letters, digits and single dashes`,
				`weeks/w02.yaml:22:12: there is no skill "testing"; did you mean Test_ing?`,
			}},
		{"skill id twice", roadmap, "  - id: testing",
			"  - id: databases", []string{
				`questions/kinds.yaml:4:12: there is no skill "testing"; known are databases`,
				`questions/kinds.yaml:20:12: there is no skill "testing"; known are databases`,
				`questions/kinds.yaml:40:12: there is no skill "testing"; known are databases`,
				`roadmap.yaml:11:9: id is "databases" again; choose another; it is taken in small/roadmap.yaml:7`,
				`weeks/w02.yaml:22:12: there is no skill "testing"; known are databases`,
			}},
		{"phase id twice", roadmap, "  - id: indexes",
			"  - id: plans", []string{
				`roadmap.yaml:21:9: id is "plans" again; choose another; it is taken in small/roadmap.yaml:16`,
			}},
		{"id is not the folder", roadmap, "id: small",
			"id: smaller", []string{
				`roadmap.yaml:1:5: the id is "smaller", but the folder is small; write small, or rename the folder`,
			}},
		{"unit id out of order", week1, "  - id: w01d2",
			"  - id: w01d3", []string{
				`weeks/w01.yaml:30:9: the id is "w01d3"; write w01d2, since units are numbered in order`,
			}},
		{"unit id of another week", week2, "  - id: w02d1",
			"  - id: w03d1", []string{
				`weeks/w02.yaml:7:9: the id is "w03d1"; write w02d1, since units are numbered in order`,
			}},
		{"week with another number", week2, "number: 2",
			"number: 3", []string{
				"weeks/w02.yaml:1:9: number is 3; write 2",
			}},
		{"unknown mode", roadmap, "    mode: delegate",
			"    mode: delegated", []string{
				`roadmap.yaml:13:11: mode is "delegated"; did you mean delegate?`,
			}},
		{"mode against the minutes", week1, "{deep: 70, delegate: 20}",
			"{deep: 20, delegate: 70}", []string{
				"roadmap.yaml:16:5: 44 % of the phase's time is deep; move minutes between the modes until it is 60 to 80 %",
				"weeks/w01.yaml:33:11: the mode is deep, but minutes has 20 deep and 70 delegate; name the mode that most of the minutes go to",
			}},
		{"no minutes at all", week1, "{deep: 70, delegate: 20}",
			"{deep: 0, delegate: 0}", []string{
				"weeks/w01.yaml:7:3: the units of the week take 90 minutes in all; plan the 3 to 4 h of roadmap.yaml, 180 to 240 minutes",
				"weeks/w01.yaml:34:14: the unit takes 0 minutes; plan 1 to 960",
			}},
		{"negative minutes", week2, "{deep: 100, delegate: 0}",
			"{deep: 100, delegate: -1}", []string{
				"weeks/w02.yaml:11:36: delegate is -1; write the minutes directing AI, 0 to 960",
			}},
		{"dangling skill", week1, "    skill: databases\n    mode: deep\n    minutes: {deep: 70",
			"    skill: database\n    mode: deep\n    minutes: {deep: 70", []string{
				`weeks/w01.yaml:32:12: there is no skill "database"; did you mean databases?`,
			}},
		{"dangling unit of a question", questions, "    unit: w01d1",
			"    unit: w09d1", []string{
				`questions/basics.yaml:10:9: the id is "q-w01d1-1", but the unit is w09d1; write q-w09d1- and a number`,
				`questions/basics.yaml:11:11: there is no unit "w09d1"; write the id of one, such as w01d1`,
			}},
		{"dangling unit of a statement", checkpoints, "        back: w01d2",
			"        back: w03d2", []string{
				`checkpoints.yaml:12:15: there is no unit "w03d2"; write the id of one, such as w01d1`,
			}},
		{"statement leads to the future", checkpoints, "        back: w01d2",
			"        back: w02d1", []string{
				"checkpoints.yaml:12:15: w02d1 comes after the checkpoint; name a unit up to week 1",
			}},
		{"dangling week of a checkpoint", checkpoints, "    week: 2",
			"    week: 3", []string{
				"checkpoints.yaml:15:11: there is no week 3; write 1 to 2",
			}},
		{"checkpoints out of order", checkpoints, "    week: 2",
			"    week: 1", []string{
				"checkpoints.yaml:15:11: week 1 is out of order; write a week after 1, or move the checkpoint up",
				"checkpoints.yaml:19:15: w02d1 comes after the checkpoint; name a unit up to week 1",
				"checkpoints.yaml:23:15: w02d1 comes after the checkpoint; name a unit up to week 1",
			}},
		{"checkpoint id twice", checkpoints, "  - id: end",
			"  - id: half", []string{
				`checkpoints.yaml:13:9: id is "half" again; choose another; it is taken in small/checkpoints.yaml:2`,
			}},
		{"statement id twice", checkpoints, "      - id: adds",
			"      - id: defends", []string{
				`checkpoints.yaml:21:13: id is "defends" again; choose another; it is taken in small/checkpoints.yaml:17`,
			}},
		{"question id twice", questions, "  - id: q-w01d1-1",
			"  - id: q-w02d1-1", []string{
				`questions/basics.yaml:10:9: id is "q-w02d1-1" again; choose another; it is taken in small/questions/basics.yaml:2`,
				`questions/basics.yaml:10:9: the id is "q-w02d1-1", but the unit is w01d1; write q-w01d1- and a number`,
			}},
		{"question id of another unit", questions, "  - id: q-w01d1-1",
			"  - id: q-w01d2-1", []string{
				`questions/basics.yaml:10:9: the id is "q-w01d2-1", but the unit is w01d1; write q-w01d1- and a number`,
			}},
		{"unknown kind of question", questions, "    kind: recall\n    ask: What does `EX",
			"    kind: recal\n    ask: What does `EX", []string{
				`questions/basics.yaml:13:11: kind is "recal"; did you mean recall?`,
			}},
		{"week listed but missing", roadmap, "    weeks: [2]",
			"    weeks: [2, 3]", []string{
				"roadmap.yaml:25:16: week 3 has no file weeks/w03.yaml; write it, or take the week out of its phase",
			}},
		{"week file not listed", roadmap, "    weeks: [2]",
			"    weeks: []", []string{
				"checkpoints.yaml:15:11: there is no week 2; write 1",
				`checkpoints.yaml:19:15: there is no unit "w02d1"; write the id of one, such as w01d1`,
				`checkpoints.yaml:23:15: there is no unit "w02d1"; write the id of one, such as w01d1`,
				`questions/basics.yaml:3:11: there is no unit "w02d1"; write the id of one, such as w01d1`,
				`questions/kinds.yaml:3:11: there is no unit "w02d2"; write the id of one, such as w01d1`,
				`questions/kinds.yaml:19:11: there is no unit "w02d2"; write the id of one, such as w01d1`,
				`questions/kinds.yaml:29:11: there is no unit "w02d2"; write the id of one, such as w01d1`,
				`questions/kinds.yaml:39:11: there is no unit "w02d2"; write the id of one, such as w01d1`,
				"roadmap.yaml:25:12: weeks has no items; write 1 to 52",
				`roadmap.yaml:34:11: there is no unit "w02d1"; write the id of one, such as w01d1`,
				"weeks/w02.yaml:1:1: no phase has a week for this file; list its week in a phase of roadmap.yaml, or remove it",
			}},
		{"weeks out of order", roadmap, "    weeks: [2]",
			"    weeks: [3]", []string{
				"roadmap.yaml:25:13: week 3 is out of order; write 2, since weeks are numbered through all phases",
			}},
		{"week with too little time", week1, "{deep: 70, delegate: 20}",
			"{deep: 50, delegate: 20}", []string{
				"weeks/w01.yaml:7:3: the units of the week take 160 minutes in all; plan the 3 to 4 h of roadmap.yaml, 180 to 240 minutes",
			}},
		{"week with too much time", week1, "{deep: 70, delegate: 20}",
			"{deep: 140, delegate: 20}", []string{
				"weeks/w01.yaml:7:3: the units of the week take 250 minutes in all; plan the 3 to 4 h of roadmap.yaml, 180 to 240 minutes",
			}},
		{"phase far from the share", week2, "{deep: 30, delegate: 50}",
			"{deep: 0, delegate: 80}", []string{
				"roadmap.yaml:21:5: 56 % of the phase's time is deep; move minutes between the modes until it is 60 to 80 %",
			}},
		{"time for AI and nothing for it to do", week1, "      may: [Ask about a line that you have read]\n",
			"", []string{
				"weeks/w01.yaml:39:7: w01d2 plans 20 minutes of directing AI, but may lists nothing; list in may what to direct it to do, or plan delegate: 0",
			}},
		{"work for AI and no time for it", week1, "{deep: 60, delegate: 30}",
			"{deep: 90, delegate: 0}", []string{
				"roadmap.yaml:16:5: 89 % of the phase's time is deep; move minutes between the modes until it is 60 to 80 %",
				"weeks/w01.yaml:17:7: may lists what to direct AI to do, but w01d1 plans no minutes for it; plan minutes in delegate, or leave may out",
			}},
		{"too few tasks", week1, "      - Guess the rows, then count them.\n",
			"", []string{
				"weeks/w01.yaml:36:7: tasks has 1 item; write 2 to 4",
			}},
		{"too many tasks", week1, "      - Guess the rows, then count them.",
			"      - b\n      - c\n      - d\n      - e", []string{
				"weeks/w01.yaml:36:7: tasks has 5 items; write 2 to 4",
			}},
		{"variant for an unknown language", week1, "        go: Ask",
			"        golang: Ask", []string{
				"weeks/w01.yaml:15:9: golang is unknown here; known are go, python, rust and text",
			}},
		{"variants without a text", week1, "      - text: Ask for the plan of a query.\n        go: Ask",
			"      - go: Ask", []string{
				"weeks/w01.yaml:14:9: item 2 of tasks has no text; add text: what to do in any other language",
			}},
		{"nothing kept from AI", week1, "      may_not:\n        - Read it for you",
			"      may_not: []", []string{
				"weeks/w01.yaml:40:16: may_not has no items; write 1 to 6",
			}},
		{"prompt without a check", week1, "      check:\n        - The skew is there\n",
			"", []string{
				"weeks/w01.yaml:21:15: the prompt has no check; add check: what to check in the answer",
			}},
		{"link without https", week1, "https://www.postgresql",
			"http://www.postgresql", []string{
				`weeks/w01.yaml:28:14: url is "http://www.postgresql.or…"; write an https address`,
			}},
		{"link that is no address", week1, "https://www.postgresql.org/docs/current/using-explain.html",
			"'https:// www'", []string{
				`weeks/w01.yaml:28:14: url is "https:// www"; write an https address`,
			}},
		{"title too long", week1, "title: The first plan",
			"title: ababababababababababababababababababababababababababababababababababababababababab", []string{
				"weeks/w01.yaml:2:8: title has 82 characters; keep it to 80, so that every platform can show it",
			}},
		{"task too long", week1, "      - Say what each line does.",
			"      - " + strings.Repeat("a", 601), []string{
				"weeks/w01.yaml:36:9: item 1 of tasks has 601 characters; keep it to 600, so that every platform can show it",
			}},
		{"text too long for a field", week1, "    think: What did the planner not know?",
			"    think: " + strings.Repeat("😀", 513), []string{
				"weeks/w01.yaml:25:12: think has 1026 characters; keep it to 1024, so that every platform can show it",
			}},
		{"list too long for a field", week1, "      - Read it for you",
			"      - " + strings.Repeat("a", 600) + "\n        - " + strings.Repeat("b", 600), []string{
				"weeks/w01.yaml:41:9: may_not has 1200 characters in all; keep it to 1024, since it is shown as one piece",
			}},
		{"unit too long for a message", week1, "    done_when: Each line has a sentence.\n    think: Which line would grow first?",
			"    done_when: " + strings.Repeat("a", 1000) + "\n    think: " + strings.Repeat("b", 1000) + "\n    links:\n      - {title: a, url: 'https://a.bc', read: " + strings.Repeat("c", 500) + "}", []string{
				"weeks/w01.yaml:30:5: w01d2 has 2632 characters in all; shorten it to 2500, since it is shown as one message",
			}},
		{"title with marks", week1, "title: The first plan",
			"title: The *first* plan", []string{
				"weeks/w01.yaml:2:8: title is shown as plain text but has marks; write it without marks",
			}},
		{"title on two lines", week1, "title: The first plan",
			"title: |\n  The first\n  plan", []string{
				"weeks/w01.yaml:2:8: title has several lines; write it on one line",
			}},
		{"unclosed mark", week1, "What did the planner not know?",
			"What did *the planner not know?", []string{
				`weeks/w01.yaml:25:12: think has a stray mark at "*the planner not know?"; close it, or write a backslash before it if it stands for itself`,
			}},
		{"doubled mark", week1, "What did the planner not know?",
			"What did **the planner** not know?", []string{
				`weeks/w01.yaml:25:12: think has a stray mark at "**the planner** not know…"; close it, or write a backslash before it if it stands for itself`,
			}},
		{"unclosed code", week1, "A table with `100,000` rows",
			"A table with `100,000 rows", []string{
				"weeks/w01.yaml:5:5: item 1 of in_hand has a stray mark at \"`100,000 rows\"; close it, or write a backslash before it if it stands for itself",
			}},
		{"control character in quotes", week1, "What did the planner not know?",
			"\"What\\x07 now?\"", []string{
				"weeks/w01.yaml:25:12: think holds the control character U+0007; remove it, or write a space",
			}},
		{"control character", week1, "What did",
			"What\x07 did", []string{
				"weeks/w01.yaml:25:16: there is the control character U+0007; remove it",
			}},
		{"tab", week1, "    think: What did",
			"    think:\tWhat did", []string{
				"weeks/w01.yaml:25:11: there is a tab; write spaces",
			}},
		{"byte order mark", roadmap, "id: small",
			"\ufeffid: small", []string{
				"roadmap.yaml:1:1: there is a byte order mark; save it without",
			}},
		{"deep nesting", roadmap, "{min: 3, max: 4}",
			"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", []string{
				"roadmap.yaml:4:24: the file nests too deep; indent by two, and write no lists in lists",
			}},
		{"deep nesting without brackets", roadmap, "hours: {min: 3, max: 4}",
			"hours:\n  - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - x", []string{
				"roadmap.yaml:5:41: the file nests too deep; indent by two, and write no lists in lists",
			}},
		{"milestone id twice", roadmap, "  - id: index-defended",
			"  - id: plan-read", []string{
				`roadmap.yaml:32:9: id is "plan-read" again; choose another; it is taken in small/roadmap.yaml:27`,
			}},
		{"milestones out of order", roadmap, "    unit: w01d2\n    measure",
			"    unit: w02d2\n    measure", []string{
				"roadmap.yaml:34:11: w02d1 comes before the unit of the milestone above; put the milestones in the order of their units",
			}},
		{"dangling unit of a milestone", roadmap, "    unit: w01d2\n    measure",
			"    unit: w01d3\n    measure", []string{
				`roadmap.yaml:29:11: there is no unit "w01d3"; write the id of one, such as w01d1`,
			}},
		{"milestone without a measure", roadmap, "    measure: plans read\n",
			"", []string{
				"roadmap.yaml:27:5: item 1 of milestones has no measure; add measure: what is counted, such as lines written without AI",
			}},
		{"milestone of nothing", roadmap, "    least: 3",
			"    least: 0", []string{
				"roadmap.yaml:31:12: least is 0; write how many of them it takes, 1 to 1000000",
			}},
		{"tasks that take longer than the unit", week2, "*50 min, AI on.*",
			"*60 min, AI on.*", []string{
				"weeks/w02.yaml:20:5: the tasks of w02d2 take 90 minutes, but it plans 80; make the times at the heads of the tasks add up to the minutes",
			}},
		{"no time left for a task", week2, "*40 min, AI off.*",
			"*100 min, AI off.*", []string{
				"weeks/w02.yaml:7:5: some tasks of w02d1 take all of its 100 minutes; leave some for the tasks without a time",
			}},
		{"variant with another time", week1, "go: Ask for the plan from",
			"go: |\n          *20 min.* Ask for the plan from", []string{
				"weeks/w01.yaml:7:5: task 2 takes 0 minutes, but in go 20; begin both with the same time",
			}},
		{"recall without points", questions, "    points:\n      - Writes become slower\n",
			"", []string{
				"questions/basics.yaml:2:5: item 1 of questions has no points; add points: what a good answer must hit",
			}},
		{"key of another kind", questions, "    answer: Space, and",
			"    fault: None.\n    answer: Space, and", []string{
				"questions/basics.yaml:7:5: fault is unknown here; known are answer, ask, id, kind, points, skill and unit",
			}},
		{"choice without options", questions, "    kind: recall",
			"    kind: choice", []string{
				"questions/basics.yaml:2:5: item 1 of questions has no options; add options: three or four options, one of them right",
			}},
		{"no option right", kinds, "        right: true",
			"        right: false", []string{
				"questions/kinds.yaml:8:7: 0 of the options are right; make exactly one right",
			}},
		{"two options right", kinds, "        right: false",
			"        right: true", []string{
				"questions/kinds.yaml:8:7: 2 of the options are right; make exactly one right",
			}},
		{"text for true or false", kinds, "        right: true",
			"        right: yes", []string{
				"questions/kinds.yaml:8:7: 0 of the options are right; make exactly one right",
				"questions/kinds.yaml:9:16: right is a text; write true or false",
			}},
		{"option without a reason", kinds, "        why: The plan names the index.\n",
			"", []string{
				"questions/kinds.yaml:8:9: item 1 of options has no why; add why: why it is right, or wrong",
			}},
		{"option twice", kinds, "One that counts the rows",
			"One that compares the plan", []string{
				`questions/kinds.yaml:14:15: the option "One that compares the pl…" is here twice; write another`,
			}},
		{"option too long", kinds, "One that counts the rows",
			strings.Repeat("a", 151), []string{
				"questions/kinds.yaml:14:15: text has 151 characters; keep it to 150, so that every platform can show it",
			}},
		{"too few options", kinds, "      - text: One that counts the rows\n        right: false\n        why: They are the same `either` way.\n",
			"", []string{
				"questions/kinds.yaml:8:7: options has 2 items; write 3 to 4",
			}},
		{"answer too long for a message", kinds, "      fair: Tests the slow ones.\n      weak: Tests all, or none.",
			"      fair: " + strings.Repeat("a", 1024) + "\n      weak: " + strings.Repeat("a", 1024) + "\n    points: [" + strings.Repeat("a", 500) + "]", []string{
				"questions/kinds.yaml:18:5: the answer with all that explains it has 2656 characters in all; shorten it to 2500, since it is shown as one message",
			}},
		{"rubric without a strong answer", kinds, "      strong: Names what a changed plan costs, and who would notice.\n",
			"", []string{
				"questions/kinds.yaml:25:7: rubric has no strong; add strong: what a strong answer contains",
			}},
		{"tradeoff without a rubric", kinds, "    rubric:\n      strong: Names what a changed plan costs, and who would notice.\n      fair: Tests the slow ones.\n      weak: Tests all, or none.\n",
			"", []string{
				"questions/kinds.yaml:18:5: item 2 of questions has no rubric; add rubric: what a strong, a fair and a weak answer contain",
			}},
		{"misspelt review", kinds, "    code: visits-by-city",
			"    code: visit-by-city", []string{
				`questions/kinds.yaml:33:11: there is no review "visit-by-city"; did you mean visits-by-city?`,
				"reviews/visits-by-city.txtar:1:1: no question uses this archive; name it in a review question, or remove it",
			}},
		{"review of nothing near", kinds, "    code: visits-by-city",
			"    code: leak", []string{
				`questions/kinds.yaml:33:11: there is no review "leak"; write reviews/NAME.txtar, or name one that is there`,
				"reviews/visits-by-city.txtar:1:1: no question uses this archive; name it in a review question, or remove it",
			}},
		{"review used twice", kinds, "    code: visits-by-city",
			"    code: visit-count", []string{
				`questions/kinds.yaml:43:11: the review is "visit-count" again; choose another; it is used in small/questions/kinds.yaml:33`,
				"reviews/visits-by-city.txtar:1:1: no question uses this archive; name it in a review question, or remove it",
			}},
		{"review without its fault", kinds, "    fault: Two goroutines write the map at the same time.\n",
			"", []string{
				"questions/kinds.yaml:38:5: item 4 of questions has no fault; add fault: what is wrong with the code, and when it bites",
			}},
		{"archive without the mend", goReview, "-- mend.go --",
			"-- mended.go --", []string{
				"reviews/visit-count.txtar:1:1: the archive has no section mend.go; add it",
			}},
		{"archive with an unknown section", sqlReview, "-- setup.sql --",
			"-- set-up.sql --", []string{
				"reviews/visits-by-city.txtar:3:1: the section set-up.sql is unknown here; did you mean setup.sql?",
			}},
		{"archive with a section twice", sqlReview, "-- check.sql --",
			"-- fault.sql --", []string{
				"reviews/visits-by-city.txtar:1:1: the archive has no section check.sql; add it",
				"reviews/visits-by-city.txtar:14:1: the section fault.sql is here twice; keep this one or that of line 6",
			}},
		{"archive with an empty section", goReview, "-- review_test.go --",
			"-- review_test.go --\n-- store.go --", []string{
				"reviews/visit-count.txtar:44:1: the section review_test.go is empty; write it or remove it",
			}},
		{"archive of two languages", sqlReview, "-- setup.sql --",
			"-- fault.go --", []string{
				"reviews/visits-by-city.txtar:1:1: the archive has both fault.go and fault.sql; have one of the two",
			}},
		{"archive of no language", sqlReview, "-- fault.sql --",
			"-- faulty.sql --", []string{
				"reviews/visits-by-city.txtar:1:1: the archive has neither fault.go nor fault.sql; have one of the two",
			}},
		{"fault and mend alike", sqlReview, "visit (lower(city))",
			"visit (city)", []string{
				"reviews/visits-by-city.txtar:10:1: fault.sql and mend.sql are the same; write how they differ",
			}},
		{"code with too many lines", goReview, "package review\n",
			"package review\n" + strings.Repeat("\n", 30), []string{
				"reviews/visit-count.txtar:3:1: the section fault.go has 43 lines; shorten it to 40",
			}},
		{"code too long", sqlReview, "ON visit (city);",
			"ON visit (city); -- " + strings.Repeat("a", 1400), []string{
				"reviews/visits-by-city.txtar:6:1: the section fault.sql has 1527 characters; shorten it to 1500",
			}},
		{"code that would end its own block", goReview, "// Add counts a visit.",
			"// Add counts a ```visit```.", []string{
				"reviews/visit-count.txtar:3:1: the section fault.go has three backticks in a row; write it without, since they end the code where it is shown",
			}},
	}
}

func TestFaults(t *testing.T) {
	for _, c := range faults() {
		t.Run(c.fault, func(t *testing.T) {
			wantProblems(t, c.plant(t), c.want)
		})
	}
}

// plant returns the directory with the fault.
func (c fault) plant(t *testing.T) fstest.MapFS {
	t.Helper()
	dir := small(t)
	f := dir["small/"+c.file]
	if !strings.Contains(string(f.Data), c.old) {
		t.Fatalf("%s holds no %q", c.file, c.old)
	}
	f.Data = []byte(strings.Replace(string(f.Data), c.old, c.new, 1))
	return dir
}

// wantProblems loads a directory; the problems it has are given without the
// folder of the roadmap.
func wantProblems(t *testing.T, dir fs.FS, want []string) {
	t.Helper()
	_, err := new(Library).with(dir)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error %v, want Problems", err)
	}
	var got []string
	for line := range strings.Lines(problems.Error()) {
		got = append(got, strings.TrimPrefix(strings.TrimSpace(line), "small/"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestFaultyFiles plants faults of whole files; nil data removes one.
func TestFaultyFiles(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for _, c := range []struct {
		fault, name string
		file        *fstest.MapFile
		want        []string
	}{
		{"no roadmap.yaml", "small/roadmap.yaml", nil, []string{
			"roadmap.yaml:1:1: there is no such file; add it",
		}},
		{"misspelt roadmap.yaml", "small/roadmap.yml", file("id: small"), []string{
			"roadmap.yml:1:1: the file roadmap.yml is unknown here; did you mean roadmap.yaml?",
		}},
		{"unknown folder", "small/question/a.yaml", file("questions: []"), []string{
			"question:1:1: the folder question is unknown here; did you mean questions?",
		}},
		{"week file that no phase lists", "small/weeks/w03.yaml", file("number: 3"), []string{
			"weeks/w03.yaml:1:1: no phase has a week for this file; list its week in a phase of roadmap.yaml, or remove it",
		}},
		{"week file that is missing", "small/weeks/w02.yaml", nil, []string{
			"roadmap.yaml:25:13: week 2 has no file weeks/w02.yaml; write it, or take the week out of its phase",
		}},
		{"empty file", "small/weeks/w02.yaml", file("\n  \n"), []string{
			"weeks/w02.yaml:1:1: the file is empty; write it or remove it",
		}},
		{"only comments", "small/weeks/w02.yaml", file("# later\n"), []string{
			"weeks/w02.yaml:1:1: the file holds only comments; write it or remove it",
		}},
		{"a list where keys belong", "small/weeks/w02.yaml", file("- a\n"), []string{
			"weeks/w02.yaml:1:1: the file is a list; write its keys and values: number, title, intro, in_hand, rest and units",
		}},
		{"not UTF-8", "small/weeks/w02.yaml", file("number: 2\ntitle: caf\xe9\n"), []string{
			"weeks/w02.yaml:2:11: byte 0xe9 is not UTF-8; save it as UTF-8",
		}},
		{"too large", "small/weeks/w02.yaml", file(strings.Repeat("# x\n", maxFile/4+1)), []string{
			"weeks/w02.yaml:1:1: the file has 1048580 bytes; split it, or keep it to 1048576",
		}},
		{"archive without a question", "small/reviews/leak.txtar", file("-- fault.go --\na\n-- mend.go --\nb\n-- review_test.go --\nc\n"), []string{
			"reviews/leak.txtar:1:1: no question uses this archive; name it in a review question, or remove it",
		}},
		{"archive with another name", "small/reviews/Visit_Count.txtar", file("x"), []string{
			`reviews/Visit_Count.txtar:1:1: the archive is named "Visit_Count"; name it in lower-case letters, digits and single dashes, then .txtar`,
			"reviews/Visit_Count.txtar:1:1: the archive has neither fault.go nor fault.sql; have one of the two",
			"reviews/Visit_Count.txtar:1:1: no question uses this archive; name it in a review question, or remove it",
		}},
		{"archive that is missing", "small/reviews/visit-count.txtar", nil, []string{
			`questions/kinds.yaml:43:11: there is no review "visit-count"; write reviews/NAME.txtar, or name one that is there`,
		}},
		{"a folder in place of a file", "small/checkpoints.yaml", &fstest.MapFile{Mode: fs.ModeDir | 0o755}, []string{
			"checkpoints.yaml:1:1: this is a folder; put the file itself here",
		}},
		{"a device in place of a file", "small/checkpoints.yaml", &fstest.MapFile{Mode: fs.ModeDevice | 0o644}, []string{
			"checkpoints.yaml:1:1: this is a special file; put the file itself here",
		}},
		{"a file in place of a folder", "small/weeks", file("x"), []string{
			"roadmap.yaml:20:13: week 1 has no file weeks/w01.yaml; write it, or take the week out of its phase",
			"roadmap.yaml:25:13: week 2 has no file weeks/w02.yaml; write it, or take the week out of its phase",
			"weeks:1:1: the folder cannot be read: readdir small/weeks: not implemented; make it a readable folder",
		}},
		{"a roadmap without its folder", "roadmap.yaml", file("id: x"), []string{
			".:1:1: a roadmap lies here without a folder; put it into a folder named after its id, and name the directory around that",
		}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			dir := small(t)
			if c.fault == "a file in place of a folder" {
				delete(dir, "small/weeks/w01.yaml")
				delete(dir, "small/weeks/w02.yaml")
			}
			dir[c.name] = c.file
			if c.file == nil {
				delete(dir, c.name)
			}
			wantProblems(t, dir, c.want)
		})
	}
}

func TestFaultyDirectories(t *testing.T) {
	t.Run("no roadmap", func(t *testing.T) {
		wantProblems(t, fstest.MapFS{"README.md": {}}, []string{".:1:1: the directory holds no roadmap; add a folder with a roadmap.yaml"})
	})
	t.Run("none at all", func(t *testing.T) {
		wantProblems(t, os.DirFS("testdata/none"), []string{
			".:1:1: the directory cannot be read: open .: no such file or directory; name a readable directory"})
	})
	t.Run("the id of a built-in roadmap", func(t *testing.T) {
		dir := fstest.MapFS{}
		for name, f := range small(t) {
			name = strings.Replace(name, "small", "backend", 1)
			dir[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(f.Data), "id: small", "id: backend", 1))}
		}
		_, err := Load(dir)
		want := "backend/roadmap.yaml:1:1: there is a roadmap backend already; rename the folder and the id"
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	})
}

func TestLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, small(t)); err != nil {
		t.Fatal(err)
	}
	week := filepath.Join(dir, "small/weeks/w02.yaml")
	for _, err := range []error{
		os.Rename(week, filepath.Join(dir, "w02.yaml")),
		os.Symlink(filepath.Join(dir, "w02.yaml"), week),
		os.Symlink(filepath.Join(dir, "small"), filepath.Join(dir, "linked")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	wantProblems(t, os.DirFS(dir), []string{
		".:1:1: linked is a symbolic link; put what it points to here, or remove it",
		"weeks/w02.yaml:1:1: this is a symbolic link; put the file itself here",
	})
}

// TestAllProblemsAtOnce damages every file and expects to hear of each.
func TestAllProblemsAtOnce(t *testing.T) {
	dir := small(t)
	for name, f := range dir {
		if !strings.HasSuffix(name, ".yaml") {
			f.Data = append(f.Data, []byte("-- extra.txt --\nx\n")...)
			continue
		}
		f.Data = append(f.Data, []byte("extra: "+filepath.Base(name)+"\n")...)
	}
	wantProblems(t, dir, []string{
		"checkpoints.yaml:24:1: extra is unknown here; known are checkpoints",
		"questions/basics.yaml:19:1: extra is unknown here; known are questions",
		"questions/kinds.yaml:46:1: extra is unknown here; known are questions",
		"reviews/visit-count.txtar:63:1: the section extra.txt is unknown here; known are fault.go, mend.go and review_test.go",
		"reviews/visits-by-city.txtar:28:1: the section extra.txt is unknown here; known are check.sql, fault.out, fault.sql, mend.out, mend.sql and setup.sql",
		"roadmap.yaml:36:1: extra is unknown here; known are deep_share, hours, id, milestones, phases, skills, summary and title",
		"weeks/w01.yaml:45:1: extra is unknown here; known are in_hand, intro, number, rest, title and units",
		"weeks/w02.yaml:35:1: extra is unknown here; known are in_hand, intro, number, rest, title and units",
	})
}

// TestUnreadableFileCausesNoOthers checks that one broken file does not bury its
// own problem under those of the files that refer to it.
func TestUnreadableFileCausesNoOthers(t *testing.T) {
	for _, name := range []string{"roadmap.yaml", "weeks/w01.yaml"} {
		dir := small(t)
		dir["small/"+name].Data = []byte("id: [")
		_, err := new(Library).with(dir)
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].File != "small/"+name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzLoad puts any data into any file. Whatever it is, it loads or has problems
// that name their places.
func FuzzLoad(f *testing.F) {
	names := []string{
		"roadmap.yaml", "weeks/w01.yaml", "weeks/w02.yaml", "questions/basics.yaml", "checkpoints.yaml",
		"questions/kinds.yaml", "reviews/visit-count.txtar", "reviews/visits-by-city.txtar",
	}
	for i, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata/small", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, data)
	}
	f.Add(0, []byte("a: &x [*x, <<: *x]"))
	f.Add(1, []byte("? - : {"))
	valid := small(f)
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		dir := fstest.MapFS{}
		for name, file := range valid {
			dir[name] = file
		}
		if i < 0 {
			i = ^i
		}
		dir["small/"+names[i%len(names)]] = &fstest.MapFile{Data: data}
		l, err := new(Library).with(dir)
		if err == nil {
			if len(l.Roadmaps()) != 1 {
				t.Fatalf("%d roadmaps and no error", len(l.Roadmaps()))
			}
			return
		}
		var problems Problems
		if !errors.As(err, &problems) {
			t.Fatalf("error %v, want Problems", err)
		}
		for _, p := range problems {
			if !strings.HasPrefix(p.File, "small/") || p.Line < 1 || p.Column < 1 || p.What == "" || p.Instead == "" {
				t.Errorf("incomplete problem %+v", p)
			}
		}
	})
}
