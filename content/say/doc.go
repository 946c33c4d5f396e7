// Package say holds every word the bot says about itself and the learners:
// typed lines with their templates, short words for buttons and labels, and
// the small markup in which all of them are written.
//
// A line is a struct: its fields are what the sentence needs to know, its type
// name is the key of its template in lines.yaml. A word has no fields: it is a
// constant whose text is in words.yaml. What belongs to a roadmap is not here,
// and no other package holds a sentence of its own.
package say
