package main

import "fmt"

func main() {
	fmt.Println("Built in a job.")
}
