package bot

import (
	"bytes"
	"image/png"
	"testing"

	"studycoach/bot/picture"
	"studycoach/coach"
)

var (
	weekChart = coach.WeekChart{
		Title: "Spring", Days: [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
		Deep: [7]int{60, 0, 90, 30, 0, 120, 0}, AI: [7]int{20, 0, 0, 30, 0, 45, 0}, Goal: 90,
		DeepLabel: "deep", AILabel: "AI", GoalLabel: "goal", Unit: "h",
	}
	heatMap = coach.HeatMap{
		Title: "Twelve weeks", Weeks: []string{"Mar"}, Days: [7]string{"M", "T", "W", "T", "F", "S", "S"},
		Minutes: [][7]int{{30, 0, 45}, {60, -1, -1, -1, -1, -1, -1}}, LessLabel: "less", MoreLabel: "more",
	}
)

func TestDraw(t *testing.T) {
	for _, c := range []struct {
		name          string
		image         coach.Image
		width, height int
	}{
		{"week", coach.Image{Week: &weekChart}, picture.WeekWidth, picture.WeekHeight},
		{"heat", coach.Image{Heat: &heatMap}, picture.HeatWidth, picture.HeatHeight},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := Draw(c.image)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if size := img.Bounds().Size(); size.X != c.width || size.Y != c.height {
				t.Errorf("it is %v, want %d×%d", size, c.width, c.height)
			}
		})
	}
	if _, err := Draw(coach.Image{Alt: "nothing"}); err == nil {
		t.Error("an image without a picture was drawn")
	}
}

func TestPicturesHoldAllOfTheirData(t *testing.T) {
	diff(t, "week", picture.Week{
		Title: "Spring", Goal: 90, DeepLabel: "deep", AILabel: "AI", GoalLabel: "goal", Unit: "h",
		Days: [7]picture.Day{
			{Label: "Mon", Deep: 60, AI: 20}, {Label: "Tue"}, {Label: "Wed", Deep: 90}, {Label: "Thu", Deep: 30, AI: 30},
			{Label: "Fri"}, {Label: "Sat", Deep: 120, AI: 45}, {Label: "Sun"},
		},
	}, week(weekChart))
	diff(t, "heat", picture.Heat{
		Title: "Twelve weeks", Days: [7]string{"M", "T", "W", "T", "F", "S", "S"}, LessLabel: "less", MoreLabel: "more",
		Weeks: []picture.HeatWeek{
			{Label: "Mar", Minutes: [7]int{30, 0, 45}}, // the second week has no label
			{Minutes: [7]int{60, -1, -1, -1, -1, -1, -1}},
		},
	}, heat(heatMap))
}
