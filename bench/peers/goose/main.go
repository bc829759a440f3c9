// Runs goose's Provider with its session lock, once or several times in one process, and prints the milliseconds of each run.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

func up(url, folder string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS(folder), goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	_, err = provider.Up(context.Background())
	return err
}

func main() {
	url, folder := os.Args[1], os.Args[2]
	runs, err := strconv.Atoi(os.Args[3])
	if err != nil {
		panic(err)
	}
	times := make([]float64, 0, runs)
	for range runs {
		start := time.Now()
		if err := up(url, folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		times = append(times, float64(time.Since(start).Microseconds())/1000)
	}
	if err := json.NewEncoder(os.Stdout).Encode(times); err != nil {
		panic(err)
	}
}
