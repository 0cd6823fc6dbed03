// SPDX-License-Identifier: Apache-2.0

// Dex is the server of the identity provider of that name, for tests: on loopback, with users and keys in memory.
//
// Dex's own command cannot be built as a dependency: it needs the gRPC API of its commit, which is a module that was not published.
// The server that speaks OpenID Connect, and checks passwords, is the same.
//
//	dex config.json
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	gosundheit "github.com/AppsFlyer/go-sundheit"
	"github.com/dexidp/dex/server"
	"github.com/dexidp/dex/server/connectors"
	"github.com/dexidp/dex/server/signer"
	"github.com/dexidp/dex/server/tokens"
	"github.com/dexidp/dex/storage"
	"github.com/dexidp/dex/storage/memory"
	"github.com/dexidp/dex/web"
	"github.com/prometheus/client_golang/prometheus"
)

// config is what the test writes; clients and users are as dex's own configuration has them.
type config struct {
	Issuer  string           `json:"issuer"`
	Listen  string           `json:"listen"`
	Clients []storage.Client `json:"clients"`
	Users   []user           `json:"users"`
}

type user struct {
	Email  string   `json:"email"`
	Name   string   `json:"name"`
	Hash   string   `json:"hash"`
	Groups []string `json:"groups"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "dex:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: dex config.json")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	var settings config
	if err := json.Unmarshal(text, &settings); err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	handler, err := provider(settings, logger)
	if err != nil {
		return err
	}
	// Tests count them.
	return http.ListenAndServe(settings.Listen, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		logger.Info("request", "method", r.Method, "path", r.URL.Path)
		handler.ServeHTTP(w, r)
	}))
}

func provider(settings config, logger *slog.Logger) (http.Handler, error) {
	store := filled(memory.New(logger), settings, logger)
	const tokenLife = 10 * time.Minute
	local := signer.LocalConfig{KeysRotationPeriod: "6h"}
	keys, err := local.Open(context.Background(), store, tokenLife, time.Now, logger)
	if err != nil {
		return nil, err
	}
	refresh, err := tokens.NewRefreshTokenPolicy(logger, true, "", "", "")
	if err != nil {
		return nil, err
	}
	return server.NewServer(context.Background(), server.Config{
		Issuer:             settings.Issuer,
		Storage:            store,
		PasswordConnector:  connectors.LocalConnector,
		IDTokensValidFor:   tokenLife,
		RefreshTokenPolicy: refresh,
		Web:                server.WebConfig{WebFS: web.FS()},
		Logger:             logger,
		Signer:             keys,
		PrometheusRegistry: prometheus.NewRegistry(),
		HealthChecker:      gosundheit.New(),
	})
}

func filled(store storage.Storage, settings config, logger *slog.Logger) storage.Storage {
	var passwords []storage.Password
	for _, user := range settings.Users {
		passwords = append(passwords, storage.Password{
			Email:             user.Email,
			Username:          user.Name,
			PreferredUsername: user.Name,
			UserID:            "id-of-" + user.Name,
			Hash:              []byte(user.Hash),
			Groups:            user.Groups,
		})
	}
	store = storage.WithStaticClients(store, settings.Clients)
	store = storage.WithStaticPasswords(store, passwords, logger)
	return storage.WithStaticConnectors(store, []storage.Connector{
		{ID: connectors.LocalConnector, Name: "Email", Type: connectors.LocalConnector},
	})
}
