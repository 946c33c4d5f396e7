package say

// Each type of this file is a line; its template stands in lines.yaml under
// the type's name. Fields hold facts only; a field with words that a person
// wrote is a Literal. Dates and times of day come as people read them, lengths
// of time in minutes.

// Oops answers an event that failed for a reason of our own.
type Oops struct {
	ID     string
	Unsure bool // whether it changed something is not known
}

// FormLate says that a form could not be shown in time; a button shows it.
type FormLate struct{}

// Already answers an event that was handled before.
type Already struct{}

// Stranger answers somebody who writes to the bot alone and whom it knows from
// nowhere.
type Stranger struct{}

// OldButton answers a press on a button that means nothing any more.
type OldButton struct{}

// NoDirect answers, for everybody to see, somebody who takes no direct
// messages.
type NoDirect struct{}

// Chat answers small talk in the direct messages.
type Chat struct{}

// UnknownCommand answers a command that does not exist.
type UnknownCommand struct {
	Typed Literal
	Near  string // the command that was meant, perhaps
}

// NoCohort says that there is no cohort here.
type NoCohort struct{}

// WhichCohort asks which cohort is meant; the buttons name them.
type WhichCohort struct {
	Typed   Literal // a name that none of the sender's cohorts has; empty: they named none
	Several bool    // more than one has it
	None    bool    // the sender is in no cohort
	Cut     bool    // the buttons do not carry all of the text
}

// LeadsOnly refuses a lead's command to others.
type LeadsOnly struct{ Command string }

// NotALearner says that one must join first.
type NotALearner struct{ Cohort Literal }

// CheckTheForm asks to mend what is marked in a form.
type CheckTheForm struct{}

// Help lists the learners' commands.
type Help struct{ Learners, Leads []HelpRow }

// HelpLeads lists the leads' commands.
type HelpLeads struct{ Leads []HelpRow }

// HomeEmpty greets somebody who is in no cohort.
type HomeEmpty struct{ Left bool } // they have been in one

// HomeLeft names a cohort to which one can come back.
type HomeLeft struct{ Cohort Literal }

// HomeCohort tells in short where somebody stands in one of many cohorts.
type HomeCohort struct {
	Unit, Title string // today's; empty: none
	Learner     bool
	Streak      int
	Week, Goal  int // minutes
	Due         int // recall questions
}

// HomeWeek tells a lead of the cohort's week so far.
type HomeWeek struct{ Active int }

// HomeMore says that there are more cohorts than are shown.
type HomeMore struct{ N int }

// Welcome greets a learner who joined, or came back.
type Welcome struct {
	Name, Cohort Literal
	Roadmap      string
	Zone         string
	Start        string
	Started      bool
	Goal         int // hours a week
	Prompt       string
	Nudge        string
	Back         bool
}

// JoinedBefore says that one is a learner already.
type JoinedBefore struct{ Cohort Literal }

// Goodbye confirms that a learner left.
type Goodbye struct {
	Cohort Literal
	Lead   bool
}

// CheckedIn confirms a check-in, or what it was corrected to.
type CheckedIn struct {
	Minutes, Deep, AI int
	Unit, Title       string
	Finished          bool
	Was               *Was   // of a corrected one
	Day               string // of a back-dated one
	Note, Blocker     Literal
	Streak, Freezes   int
	EarnedFreeze      bool
	Week, Goal        int // minutes
	Milestone         int // a streak just reached, or 0
}

// Undone confirms that a check-in was taken back.
type Undone struct {
	Minutes    int
	Unit, Day  string
	Streak     int
	Week, Goal int
}

// HowLong asks for the time of a check-in.
type HowLong struct{}

// TimeTooLong asks again after more time than a check-in can hold.
type TimeTooLong struct {
	Text Literal
	Max  int
}

// TimeTooShort asks again after no time at all.
type TimeTooShort struct{ Text Literal }

// TimeAmbiguous asks which of several times is meant.
type TimeAmbiguous struct{ Times []int }

// TimeUnclear asks again after something that might be a time.
type TimeUnclear struct{ Text Literal }

// TimeBare asks for the unit of a number.
type TimeBare struct {
	Text    Literal
	Minutes int // 0 when it cannot be minutes
}

// TimeTwoDays asks for one check-in a day.
type TimeTwoDays struct{ Text Literal }

// UnclearDate asks again for the day of a check-in.
type UnclearDate struct{}

// TimeOnly refuses anything but a time in the field of the time.
type TimeOnly struct{}

// FutureDate refuses a check-in for a day to come.
type FutureDate struct{}

// TooFarBack refuses a day too long ago.
type TooFarBack struct {
	Days     int
	Earliest string
}

// NotStarted refuses a check-in for a day before the start.
type NotStarted struct{ Start string }

// TooLong refuses more time than a check-in can hold.
type TooLong struct{ Max int }

// DayFull refuses more time than a day has.
type DayFull struct{ Already int }

// UnknownUnit refuses a unit that the roadmap does not have.
type UnknownUnit struct{ Typed Literal }

// FinishedBefore says that the unit of "Done for today" is done.
type FinishedBefore struct{ Unit, Title string }

// PartBefore says that the part of "Done for today" is logged.
type PartBefore struct {
	Unit, Title string
	Part, Of    int
}

// NothingToUndo says that there is no check-in.
type NothingToUndo struct{}

// UndoneBefore says that the check-in was taken back.
type UndoneBefore struct{}

// TooOldToChange refuses to change an old check-in.
type TooOldToChange struct {
	Days int
	Day  string
}

// StillStands says that an edited message changed nothing of its check-in.
type StillStands struct {
	Why       string // what is wrong with the new text, a line; empty: it holds no time
	Minutes   int
	Unit, Day string
}

// StuckNoted confirms a blocker.
type StuckNoted struct {
	Unit, Title string
	Leads       int // how many were told
}

// HelpWanted tells a lead of a blocker.
type HelpWanted struct {
	Name, Cohort Literal
	Unit, Title  string
	Note         Literal
}

// Unstuck is glad that a blocker is gone.
type Unstuck struct{}

// UnitTitle heads a unit, or one of its parts.
type UnitTitle struct {
	Week        int
	Unit, Title string
	Part, Of    int
}

// UnitHead tells the time and skill of a unit, or of one of its parts.
type UnitHead struct {
	Day               string
	Minutes, Deep, AI int
	Skill             string
	Delegate          bool
	Last              bool // the unit ends with it
	Nth, Parts        int  // the second of three things for the day
	DayMinutes        int  // of all of them
}

// UnitAI tells what AI may and may not do in a unit, and heads a prompt to start
// from where one follows.
type UnitAI struct {
	May, MayNot []string
	Prompt      bool
}

// UnitCheck tells what to look for in what AI answers.
type UnitCheck struct{ Check []string }

// UnitGoal tells when a unit is done, and its question.
type UnitGoal struct{ DoneWhen, Think string }

// UnitLinks lists what to read.
type UnitLinks struct{ Links []UnitLink }

// NoUnitToday says why there is no unit, and when the next one comes.
type NoUnitToday struct {
	Day         string
	Why         string // "before", "pause", "holiday", "off" or "after"
	Next, Title string
	Rest        string // the week's card for a rest day
}

// Plan shows the coming days.
type Plan struct {
	Cohort      Literal
	Roadmap     string
	Week        int
	Theme       string
	Done, Units int
	End         string
	Hours       int // a week, and study days, when the pace is not the roadmap's own
	StudyDays   int
	Days        []PlanDay
}

// Me shows a learner's numbers.
type Me struct {
	Name, Cohort             Literal
	Streak, Best             int
	Freezes, FreezeIn        int
	Full                     bool // no more freezes can be held
	Total, Week, Goal, Today int
	DeepShare, AIShare       int // per cent
	Advice                   int // per cent deep
	Finished, Units          int
	Milestones               []MilestoneRow
	Stuck                    string // the unit, if any
	Linked                   string // the other Account, if any
}

// HeatTitle heads the heat map.
type HeatTitle struct{ Weeks int }

// HeatAlt describes the heat map.
type HeatAlt struct {
	Weeks, Days, Minutes int
	Most                 int
	MostWeek             string
}

// Why shows the ledger of a streak.
type Why struct {
	Streak, Freezes, FreezeIn int
	Full                      bool
	Rows                      []WhyRow
}

// Board shows the week's hours of those who want to be named.
type Board struct {
	Cohort Literal
	Week   string
	Rows   []BoardRow
	Hours  bool // the hours are told, too
	On     bool // the reader is named
}

// SettingsSaved confirms the settings.
type SettingsSaved struct {
	Zone, Now               string
	Nudge                   string
	NudgeOff, Recall, Board bool
	QuietFrom, QuietTo      string
	QuietOff, Clash         bool
	RoomNotes               bool
	Rest                    string
	NoRest                  bool
	Language                string
}

// UnknownSetting refuses a setting that does not exist.
type UnknownSetting struct{ Typed Literal }

// OnOrOff asks what a setting shall be.
type OnOrOff struct{ Setting string }

// UnknownLanguage refuses a programming language.
type UnknownLanguage struct{}

// AwayNoted confirms an absence.
type AwayNoted struct {
	Until string
	Days  int
}

// BackFromAway ends an absence.
type BackFromAway struct{}

// UnclearUntil asks again for a date.
type UnclearUntil struct{ Typed Literal }

// PastDate refuses a date that is over.
type PastDate struct{ Day string }

// TooFarAhead refuses a date too far ahead.
type TooFarAhead struct{ Days int }

// Question asks a recall question.
type Question struct {
	Ask, Unit, Title string
	Due, Before      int
	Kind             string // "recall", "choice", "tradeoff" or "review"
	Options          []OptionRow
}

// NoQuestions says that nothing is due.
type NoQuestions struct{ Next string }

// QuestionGone says that a question is no longer there.
type QuestionGone struct{}

// Asked repeats a question with the learner's answer.
type Asked struct {
	Ask   string
	Yours Literal
}

// Answer shows the model answer.
type Answer struct {
	Model, Fault       string
	Points             []string
	Options            []OptionRow
	Strong, Fair, Weak string
}

// MilestoneNoted confirms a milestone.
type MilestoneNoted struct {
	Title, Measure string
	N              int
	Named          bool // the summary tells of it
	Left           int  // milestones to go
}

// MilestoneShort asks for more than was reported.
type MilestoneShort struct {
	Least   int
	Measure string
}

// MilestoneBefore says that a milestone was reported.
type MilestoneBefore struct{ Title, Day string }

// NoMilestones says that a roadmap has none, or none of that name.
type NoMilestones struct{ Titles []string }

// Rated confirms a rating.
type Rated struct {
	Again bool
	Days  int
	Day   string
	Ask   string
}

// Assessments shows a learner's course over the checkpoints.
type Assessments struct {
	Rows      []AssessmentRow
	Open      string // the checkpoint that can be taken
	FirstWeek int    // when none can: the week of the first
}

// CheckpointIntro heads the form of a checkpoint.
type CheckpointIntro struct{ Title string }

// Assessed confirms a checkpoint, and what to go back to.
type Assessed struct {
	Row  AssessmentRow
	Back []GoBack
}

// CheckpointGone says that a checkpoint is no longer there.
type CheckpointGone struct{}

// CheckpointCall invites the room to a checkpoint.
type CheckpointCall struct{ Week, Statements int }

// CheckpointCounts tells how a cohort answered.
type CheckpointCounts struct {
	Title             string
	People            int
	OnTrack, RedFlags []StatementCount
}

// Exported comes with the files of an export.
type Exported struct {
	Entries int
	Cohort  Literal
}

// ForgetSure asks before forgetting.
type ForgetSure struct {
	Cohorts string
	Linked  string // the other account, if any
}

// Forgotten confirms forgetting.
type Forgotten struct{}

// NothingKept says that nothing is known of somebody.
type NothingKept struct{}

// OnlyLead refuses to let the last lead go.
type OnlyLead struct{ Cohort Literal }

// SetupInRoom asks to set a cohort up in a room.
type SetupInRoom struct{}

// RoomTaken says that a cohort lives here.
type RoomTaken struct {
	Cohort Literal
	Over   bool // the day of its last unit is past
}

// MovesOut tells what becomes of the cohort that lives here.
type MovesOut struct{ Cohort Literal }

// SetUp confirms a new cohort to its lead.
type SetUp struct{ Cohort Cohort }

// RoomWelcome tells the room of its new cohort.
type RoomWelcome struct {
	Cohort         Literal
	Roadmap, About string
	Start          string
	Started        bool // before today
	Prompt, Zone   string
	Goal           int
}

// Cohort describes a cohort to its lead.
type Cohort struct {
	Name                  Literal
	Roadmap               string
	Units, Done           int
	Start, End, Zone      string
	Prompt, Study         string
	SummaryDay, SummaryAt string
	Goal, Leads, Rooms    int
	GoalFrom              string // when it is yet to come
	Paused                bool
	Holidays              []string
	Next                  string
}

// NameMissing asks for a name.
type NameMissing struct{}

// RoadmapMissing asks for a roadmap.
type RoadmapMissing struct{}

// StartedAlready refuses a change after the start.
type StartedAlready struct{ Start string }

// StartRange tells when a cohort may start.
type StartRange struct{ Back, Ahead int }

// NoUnitAhead refuses a start that leaves no unit ahead.
type NoUnitAhead struct{}

// OneDay asks for one weekday.
type OneDay struct{}

// NoDayLeft asks to leave a day.
type NoDayLeft struct{}

// RoadmapOption offers a roadmap.
type RoadmapOption struct {
	Title              string
	HoursMin, HoursMax int
}

// GoalRange tells what a weekly goal may be.
type GoalRange struct{ Min, Max int }

// Holidays lists the holidays.
type Holidays struct{ Days []string }

// HolidayRange tells how many holidays there may be.
type HolidayRange struct{ Max int }

// Paused confirms a pause.
type Paused struct{ Cohort Literal }

// RoomShut says that a room takes no messages, and how to mend it.
type RoomShut struct {
	Room Room
	Why  string // as coach.Closing has it
}

// RoomShutTold tells a lead that a room of their cohort is closed.
type RoomShutTold struct {
	Cohort Literal
	Shut   RoomShut
	Others bool // some of the cohort's rooms are open
	Paused bool // the cohort is, since none is
}

// RoomOpenTold tells a lead that a room takes messages again.
type RoomOpenTold struct {
	Cohort  Literal
	Room    Room
	Resumed bool
	Next    string // the next prompt
}

// RoomNote is a nudge for somebody whom no direct message reaches.
type RoomNote struct {
	Name        Literal
	Unit, Title string
	Due         int // recall questions, where there is no unit
}

// PausedBefore says that the cohort is paused.
type PausedBefore struct{}

// Resumed confirms the end of a pause.
type Resumed struct {
	Cohort Literal
	Next   string
}

// NotPaused says that the cohort is not paused.
type NotPaused struct{}

// Rooms lists the rooms of a cohort, with a code for another one unless there
// are as many as can be.
type Rooms struct {
	Cohort  Literal
	Rows    []string // each a Room
	Code    string
	Minutes int // that the code lives
	Most    int // rooms
}

// Room is a room of a cohort, in a list or within another line.
type Room struct {
	Platform string  // "slack", "discord" or "web"
	Channel  Literal // as the platform names it to machines
	Near     bool    // it is of the reader's workspace, who sees its name
	Here     bool    // it is the one where this is read
}

// RoomEntered confirms that a cohort lives in the room, too.
type RoomEntered struct {
	Cohort Literal
	Rooms  int // it lives in now
}

// RoomLeft confirms that a cohort lives in the room no longer.
type RoomLeft struct {
	Cohort Literal
	Rows   []string // where it lives still
}

// RoomBefore says that the cohort lives in the room already.
type RoomBefore struct{ Cohort Literal }

// RoomsFull refuses one more room.
type RoomsFull struct{ Most int }

// RoomOfAnother refuses a room in which another cohort lives.
type RoomOfAnother struct{}

// NotItsRoom says that the cohort does not live in the room.
type NotItsRoom struct{ Cohort Literal }

// LastRoom refuses to take a cohort out of its only room.
type LastRoom struct{ Cohort Literal }

// Account is an account, as its owner tells it from another one.
type Account struct {
	Platform  string // "slack", "discord" or "web"
	Workspace string // as the platform names it to machines, where both are on one platform; else empty
}

// LinkCode gives a code for another account.
type LinkCode struct {
	Cohort  Literal
	Code    string
	Minutes int // that it lives
}

// Linked says that two accounts are one learner.
type Linked struct {
	Cohort       Literal
	One, Other   string // each an Account; the settings are those of One
	Ones, Others int    // check-ins made with each
	Total        int    // minutes
	Streak       int    // days
}

// LinkSelf says that a code is for the other account.
type LinkSelf struct{}

// LinkNear refuses a second account in the same workspace.
type LinkNear struct{}

// LinkedBefore refuses a third account.
type LinkedBefore struct{}

// Unlinked confirms that two accounts are two learners.
type Unlinked struct {
	Cohort       Literal
	One, Other   string
	Ones, Others int  // the streak of each, in days
	Left         bool // nothing was ever logged with Other, which is no learner any more
}

// NotLinked says that there is nothing to part.
type NotLinked struct{}

// CodeInRoom says where the code for a room belongs.
type CodeInRoom struct{}

// NotACode says that a text is not a code as a command shows it.
type NotACode struct{ Command string }

// CodeOver says that a code does not hold, or no longer.
type CodeOver struct{ Command string }

// CodesFull refuses one more code.
type CodesFull struct{}

// Leads lists the leads.
type Leads struct{ Names []string }

// LeadChanged confirms a new or a former lead. It names nobody: the answer to
// one person is not to keep the name of another.
type LeadChanged struct{ Removed bool }

// NoLead says that somebody is no lead.
type NoLead struct{ Name Literal }

// HasLeft refuses to make somebody a lead who has left.
type HasLeft struct{ Name Literal }

// NobodyFound asks whom a lead means.
type NobodyFound struct {
	Typed   Literal
	Several bool
}

// Roster lists the learners to a lead.
type Roster struct {
	Cohort Literal
	Total  int
	Rows   []RosterRow
}

// Attention tells a lead who could use a kind word.
type Attention struct {
	Cohort Literal
	Days   int
	Total  int
	Rows   []AttentionRow
}

// Nudge reminds a learner of the day's unit.
type Nudge struct {
	Name            Literal
	Unit, Title     string
	Part, Of        int
	Minutes         int
	Finished        bool // all of the day's units are
	Streak, Freezes int
	Due             int  // recall questions
	Last            bool // no other follows until they check in
}

// RecallDue reminds a learner of recall questions.
type RecallDue struct {
	Name Literal
	Due  int
}

// AnnouncementMissing asks for the text of an announcement.
type AnnouncementMissing struct{}

// PastTime refuses a time that is over, in some of the chosen cohorts' zones.
type PastTime struct{ Cohorts string }

// AnnouncePreview heads the preview of an announcement.
type AnnouncePreview struct {
	Cohorts string
	Planned bool
	At      string
	Pings   bool // a group
}

// AnnouncementText is the text of an announcement.
type AnnouncementText struct{ Text Literal }

// AnnouncementBy signs an announcement.
type AnnouncementBy struct{ By, Cohort Literal }

// AnnounceDone confirms an announcement.
type AnnounceDone struct {
	Cohort  Literal
	Planned bool
}

// AnnounceCancelled confirms that an announcement was taken back.
type AnnounceCancelled struct{}

// AnnouncePostedBefore says that it is too late to take an announcement back.
type AnnouncePostedBefore struct{}

// AnnounceGone says that an announcement is no longer there.
type AnnounceGone struct{}

// AnnounceList lists announcements.
type AnnounceList struct{ Rows []AnnounceRow }

// CancelNumber labels the button that takes an announcement of the list back.
type CancelNumber struct{ N int }

// UnsentSome tells a lead that posts did not go out.
type UnsentSome struct{ N int }

// UnsentPosts lists the posts that did not go out.
type UnsentPosts struct {
	Cohort Literal
	Total  int
	Rows   []UnsentRow
}

// SendNumber labels the button that sends a post of the list again.
type SendNumber struct{ N int }

// DropNumber labels the button that takes a post off the list.
type DropNumber struct{ N int }

// PostSent confirms that a post is sent again.
type PostSent struct{}

// PostsDropped confirms that posts are off the list.
type PostsDropped struct{ N int }

// DropSure asks before all posts are taken off the list.
type DropSure struct{ N int }

// PostGone says that a post is on the list no longer.
type PostGone struct{}

// PostStale refuses to send what is of no use any more.
type PostStale struct{ Kind string }

// PostEmpty refuses to send a post for a day that has none by now.
type PostEmpty struct{}

// Rehearsal shows what a cohort will post.
type Rehearsal struct {
	Cohort Literal
	Zone   string
	From   string
	Page   int // days
	Paused bool
	Rooms  []string // where there are several
	Days   []RehearsalDay
}

// RehearsalFoot is the small print of a rehearsal.
type RehearsalFoot struct{}

// SummaryTitle heads the weekly summary.
type SummaryTitle struct{ Cohort, Week string }

// Summary tells a cohort's week.
type Summary struct {
	Cohort             Literal
	Week               string
	Active             int
	Shown              bool // enough were active to show sums
	Minutes, Each      int
	Goal               int // hours a week for each
	HoursMin, HoursMax int // the roadmap's advice
	DeepShare, AIShare int
	Advice             int
	Compared           bool
	Change             int // minutes more than the week before
	Finished           int
}

// SummaryMore tells the rest of a cohort's week; it may be empty.
type SummaryMore struct {
	Streaks, Board []BoardRow
	Reached        []ReachedRow
	Hours          bool // the board tells hours
	Blockers       []BlockerRow
	NextWeek       int
	NextTheme      string
}

// SummaryFoot is the small print of the weekly summary.
type SummaryFoot struct {
	Least    int
	DaysLeft int // days that the chart leaves out
}

// NoSummaryYet says that there is no week to summarise.
type NoSummaryYet struct{ Start string }

// ChartTitle heads the weekly chart.
type ChartTitle struct{ Cohort, Week string }

// ChartAlt describes the weekly chart.
type ChartAlt struct {
	Week string
	Days []ChartDay
	Goal int // minutes a day
}

// Late says that a message comes late.
type Late struct{ Due string }
