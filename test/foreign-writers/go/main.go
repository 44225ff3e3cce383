// Writes JSON lines {"key","value"} from standard input, as kafka-go does where nothing is configured: round robin.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
)

type line struct{ Key, Value string }

func write(brokers, topic string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	writer := &kafka.Writer{
		Addr:         kafka.TCP(strings.Split(brokers, ",")...),
		Topic:        topic,
		RequiredAcks: kafka.RequireAll,
		Compression:  kafka.Snappy,
		BatchTimeout: 10 * time.Millisecond,
	}
	var messages []kafka.Message
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var one line
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return err
		}
		messages = append(messages, kafka.Message{
			Key:     []byte(one.Key),
			Value:   []byte(one.Value),
			Headers: []kafka.Header{{Key: "born", Value: []byte("yesterday")}},
		})
	}
	if err := writer.WriteMessages(ctx, messages...); err != nil {
		return err
	}
	return writer.Close()
}

func main() {
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
