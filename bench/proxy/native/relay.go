// The seed's way with Go's standard library: a goroutine a direction, the first frame unpacked by hand as the seed's Unpack
// does, then io.Copy, which splices on Linux. The backend is taken by the number in the key.
//
//	relay PORT BACKEND_PORT
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
)

const (
	backends = 4
	frameMax = 64 * 1024
)

// unpack drops what precedes '*' and tells whether a whole frame is there, and the key from byte 19 on.
func unpack(buffer []byte) (rest []byte, key string, ok bool) {
	for i, b := range buffer {
		if b != '*' {
			continue
		}
		rest = buffer[i:]
		if len(rest) < 5 {
			return rest, "", false
		}
		size := int(binary.BigEndian.Uint32(rest[1:5])) + 7
		if size < 35 || len(rest) < size {
			return rest, "", false
		}
		return rest, string(rest[19:35]), true
	}
	return nil, "", false
}

func serve(client *net.TCPConn, backendPort int) {
	defer client.Close()
	buffer := make([]byte, 0, 4096)
	for {
		if len(buffer) == cap(buffer) {
			if cap(buffer) >= frameMax {
				return
			}
			buffer = append(buffer, 0)[:len(buffer)]
		}
		n, err := client.Read(buffer[len(buffer):cap(buffer)])
		if err != nil {
			return
		}
		rest, key, ok := unpack(buffer[:len(buffer)+n])
		buffer = buffer[:len(buffer)+n]
		if !ok {
			continue
		}
		relay(client, rest, key, backendPort)
		return
	}
}

func relay(client *net.TCPConn, first []byte, key string, backendPort int) {
	number, err := strconv.Atoi(key[3:])
	if err != nil {
		return
	}
	address := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: backendPort + number%backends}
	backend, err := net.DialTCP("tcp4", nil, address)
	if err != nil {
		return
	}
	defer backend.Close()
	if _, err := backend.Write(first); err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		io.Copy(backend, client)
		backend.CloseWrite()
		close(done)
	}()
	io.Copy(client, backend)
	client.CloseWrite()
	<-done
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "relay PORT BACKEND_PORT")
		os.Exit(2)
	}
	backendPort, _ := strconv.Atoi(os.Args[2])
	listener, err := net.Listen("tcp4", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		go serve(client.(*net.TCPConn), backendPort)
	}
}
