// A Kubernetes device plugin: offers one device file of the node, such as /dev/fuse, to containers that ask for a resource.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	api "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

const lookEvery = 2 * time.Second

// plugin answers the kubelet. The device may be shared: it is listed count times, and each listing is the same file.
type plugin struct {
	api.UnimplementedDevicePluginServer
	path  string
	count int
}

func (p *plugin) GetDevicePluginOptions(context.Context, *api.Empty) (*api.DevicePluginOptions, error) {
	return &api.DevicePluginOptions{}, nil
}

func (p *plugin) ListAndWatch(_ *api.Empty, stream grpc.ServerStreamingServer[api.ListAndWatchResponse]) error {
	devices := make([]*api.Device, p.count)
	for i := range devices {
		devices[i] = &api.Device{ID: fmt.Sprintf("%s-%d", filepath.Base(p.path), i), Health: api.Healthy}
	}
	if err := stream.Send(&api.ListAndWatchResponse{Devices: devices}); err != nil {
		return err
	}
	<-stream.Context().Done()
	return nil
}

func (p *plugin) Allocate(_ context.Context, request *api.AllocateRequest) (*api.AllocateResponse, error) {
	answer := &api.AllocateResponse{}
	for range request.ContainerRequests {
		device := &api.DeviceSpec{ContainerPath: p.path, HostPath: p.path, Permissions: "rw"}
		answer.ContainerResponses = append(answer.ContainerResponses, &api.ContainerAllocateResponse{Devices: []*api.DeviceSpec{device}})
	}
	return answer, nil
}

func main() {
	resource := flag.String("resource", "github.com/fuse", "name of the resource")
	device := flag.String("device", "/dev/fuse", "the device file")
	count := flag.Int("count", 10, "how many containers of a node may have it at a time")
	flag.Parse()
	if err := run(*resource, &plugin{path: *device, count: *count}); err != nil {
		log.Fatal(err)
	}
}

// run serves until the kubelet removes the socket, which it does when it starts: whoever restarts us registers us anew.
func run(resource string, p *plugin) error {
	name := strings.ReplaceAll(resource, "/", "-") + ".sock"
	socket := filepath.Join(api.DevicePluginPath, name)
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	api.RegisterDevicePluginServer(server, p)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if err := register(resource, name); err != nil {
		return err
	}
	log.Printf("%s: %s, %d times", resource, p.path, p.count)
	for {
		select {
		case err := <-failed:
			return err
		case <-time.After(lookEvery):
			if _, err := os.Stat(socket); err != nil {
				return fmt.Errorf("the kubelet has started anew: %w", err)
			}
		}
	}
}

func register(resource, name string) error {
	connection, err := grpc.NewClient("unix://"+api.KubeletSocket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request := &api.RegisterRequest{Version: api.Version, Endpoint: name, ResourceName: resource}
	_, err = api.NewRegistrationClient(connection).Register(ctx, request)
	return err
}
