// Package l09 is the lab "Lighthouse A: Smart Doorbell": what a battery-powered
// camera that looks for people may do within a mean power of 100 mW.
//
//	d := l09.Lab().Draw("s123")
//
// The share of the peak that the board reaches is that of the lighthouse
// "doorbell" in package scenario. It leaves out the self-discharge of the battery,
// the power supply's losses, and lost packets.
package l09

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L09", Slug: "smart_doorbell", Title: "Lighthouse A: Smart Doorbell", Version: 1, Minutes: 45, Week: 7,
		Prerequisites: []string{"L01"},
		Objective:     "Budget the mean power of a device that sleeps, not its peak.",
		Objectives: []string{
			"find the rate of work that a mean power allows, with two witnesses",
			"split the energy of one inference, the parts around the network included",
			"decide between working on the device and sending the data, and find where that turns",
			"say how long a battery lasts, and what it lasts for when the device is slow",
			"find the widest network that flash and SRAM hold",
		},
		Params: []spec.Param{
			{Name: "sleep power", Var: "sleep", Numbers: []float64{2, 5, 9, 14}, Unit: units.Milliwatt},
			{Name: "photo", Var: "photo", Numbers: []float64{1.2, 2.2, 4.3, 11}, Unit: units.KB},
			{Name: "uplink", Var: "uplink", Numbers: []float64{0.125, 0.18, 0.25, 0.35, 0.5}, Unit: units.MBps},
			{Name: "flash left", Var: "flash", Numbers: []float64{0.5, 0.7, 1, 1.4, 2}, Unit: units.MB},
		},
		Setup: `
	budget, radio, share, wake, battery, sram = 100*Milliwatt, 1.2*Watt, 0.05, 45*Millisecond, 32000*Joule, 160*KiB

	board = func() Device { b := ESP32_S3; b.Idle = sleep; return b }() // draws the sleep power asleep, 0.4 W awake
	look = SingleNode{Model: VWW_MobileNetV1, Hardware: board, Efficiency: 0.018, Batch: 1}
	sent = 5*Millisecond + photo.Over(uplink) // time to send a photo`,
		First:     "Show(Evaluation{Model: VWW_MobileNetV1, Hardware: ESP32_S3, Efficiency: 0.018, Interval: 1*Second, MaxLatency: 200*Millisecond, MaxPower: budget}.Run())",
		Text:      text,
		Questions: []spec.Question{rate(), energy(), where(), battery(), width()},
	}
}

// What is the same for everybody, as Setup declares it.
const (
	budget = 100 * units.Milliwatt
	radio  = 1.2 * units.Watt       // of the whole board while it sends
	link   = 5 * units.Millisecond  // before the first byte
	share  = 0.05                   // of the images show a person
	wake   = 45 * units.Millisecond // to wake up and take an image
	stored = 32000 * units.Joule    // in two AA cells
	sram   = 160 * units.KiB        // left for the maps between layers
	maps   = 216 * units.KiB        // the two largest neighbouring maps at width 1
)

// board sleeps at the sleep power of the scenario.
func board(d spec.Draw) hardware.Device {
	b := hardware.ESP32_S3
	b.Idle = units.Watts(d.Number("sleep power"))
	return b
}

// look is one pass of the network.
func look(d spec.Draw) compute.SingleNode {
	return compute.SingleNode{Model: models.VWW_MobileNetV1, Hardware: board(d), Efficiency: 0.018, Batch: 1}
}

// sent is the time to send a photo of a size.
func sent(d spec.Draw, photo units.Bytes) units.Seconds {
	return link + photo.Over(units.ByteRate(d.Number("uplink")))
}

// alert is the time that an image spends on sending, on average.
func alert(d spec.Draw) units.Seconds {
	return sent(d, units.Bytes(d.Number("photo"))).Times(share)
}

// awake is the time that the board is awake for an image, on average.
func awake(d spec.Draw) units.Seconds { return wake + look(d).Run().Serial + alert(d) }

// mean is the mean power at a number of images a minute; false where there is no
// time for as many.
func mean(d spec.Draw, images float64) (units.Watts, bool) {
	duty := awake(d).Times(images).Ratio(units.Minute)
	if duty > 1 {
		return 0, false
	}
	r := power.Sustainability{Hardware: board(d), Utilization: duty}.Run()
	extra := (radio - board(d).TDP).For(alert(d)).Times(images).Per(units.Minute)
	return r.Power + extra, true
}
