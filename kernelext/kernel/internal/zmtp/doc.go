// Package zmtp is the listening half of ZeroMQ that a Jupyter kernel needs:
// ROUTER and XPUB sockets over TCP and local sockets, ZMTP 3.0 with the NULL
// mechanism (https://rfc.zeromq.org/spec/23).
//
//	shell, err := zmtp.Listen("tcp", "127.0.0.1:0", zmtp.Options{Type: zmtp.Router, Take: take})
//	shell.Send(frames) // the first frame is the way back
//
// Every peer has a queue of its own, so one that stalls or vanishes holds up
// nobody: beyond MostQueued its connection is closed. Nothing is dropped for a
// peer that reads. It leaves out dialling, encryption and every other socket
// type.
package zmtp
