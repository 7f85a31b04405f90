package kernel

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// connection is the file by which Jupyter tells a kernel where to listen.
type connection struct {
	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Shell     int    `json:"shell_port"`
	Control   int    `json:"control_port"`
	IOPub     int    `json:"iopub_port"`
	Stdin     int    `json:"stdin_port"`
	Heartbeat int    `json:"hb_port"`
	Key       string `json:"key"`
	Scheme    string `json:"signature_scheme"`
}

func readConnection(path string) (connection, error) {
	var c connection
	data, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("reading the connection file: %w", err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("reading the connection file %s: %w", path, err)
	}
	switch {
	case c.Transport != "tcp" && c.Transport != "ipc":
		return c, fmt.Errorf("connection file %s: transport = %q: want tcp or ipc", path, c.Transport)
	case c.Key != "" && c.Scheme != "" && c.Scheme != "hmac-sha256":
		return c, fmt.Errorf("connection file %s: signature_scheme = %q: want hmac-sha256", path, c.Scheme)
	}
	for _, p := range []struct {
		name string
		port int
	}{{"shell_port", c.Shell}, {"control_port", c.Control}, {"iopub_port", c.IOPub}, {"stdin_port", c.Stdin}, {"hb_port", c.Heartbeat}} {
		if p.port < 1 || p.port > 65535 {
			return c, fmt.Errorf("connection file %s: %s = %d: want 1 to 65535", path, p.name, p.port)
		}
	}
	return c, nil
}

// address is where a socket listens.
func (c connection) address(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", fmt.Sprintf("%s-%d", c.IP, port)
	}
	return "tcp", net.JoinHostPort(strings.Trim(c.IP, "[]"), strconv.Itoa(port))
}
