package scenario

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// isFile tells the file of an entry from the name of one.
func isFile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml":
		return true
	}
	return false
}

// locate makes the files that a plan names relative to it, and lets it read them:
// only a plan that is a file itself may.
func (p *Plan) locate(dir string) {
	p.files = true
	names := []*string{&p.Workload.Name, &p.Hardware.Name}
	for i := range p.Workloads {
		names = append(names, &p.Workloads[i].Name)
	}
	for _, name := range names {
		if isFile(*name) && !filepath.IsAbs(*name) {
			*name = filepath.Join(dir, *name)
		}
	}
}

// device finds a device by its name, or reads the one that a file has.
func (p *Plan) device(name string) (hardware.Device, error) {
	if !isFile(name) {
		return p.names().Device(name)
	}
	var z zoo.Zoo
	if err := p.entryOf(name, z.AddHardware); err != nil {
		return hardware.Device{}, err
	}
	if len(z.Hardware) != 1 {
		return hardware.Device{}, fmt.Errorf("%s: has %d devices: want one", name, len(z.Hardware))
	}
	return *z.Hardware[0].Value, nil
}

// model finds a network by its name, or reads the one that a file has.
func (p *Plan) model(name string) (models.Model, error) {
	if !isFile(name) {
		return p.names().Model(name)
	}
	var z zoo.Zoo
	if err := p.entryOf(name, z.AddModels); err != nil {
		return models.Model{}, err
	}
	if len(z.Models) != 1 {
		return models.Model{}, fmt.Errorf("%s: has %d networks: want one", name, len(z.Models))
	}
	return *z.Models[0].Value, nil
}

// entryOf reads a registry file strictly.
func (p *Plan) entryOf(name string, add func(file string, data []byte) error) error {
	if !p.files {
		return fmt.Errorf("%s: only a plan in a file can name a file", name)
	}
	data, err := readSmall(name)
	if err != nil {
		return err
	}
	return add(name, data)
}

// told notes an error at a key; each of the mistakes of a file has a line of its
// own, which says where it stands.
func (r *resolver) told(path string, err error) {
	mistakes := zoo.Mistakes(err)
	if len(mistakes) < 2 {
		r.refuse(path, "%s: %s", path, err)
		return
	}
	for _, m := range mistakes {
		r.refuse(path, "%s: %s", path, m)
	}
}
