package main_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

func deployed(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestDeployedSettings: each OUVERT_ variable in deploy/ is one that the program
// reads, and each flag one that it takes.
func TestDeployedSettings(t *testing.T) {
	help := run(t, nil, "", "serve", "--help").out
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "deploy", "*"))
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text := deployed(t, filepath.Base(file))
		for _, name := range regexp.MustCompile(`OUVERT_[A-Z_]+`).FindAllString(text, -1) {
			if !strings.Contains(help, "($"+name+")") && !strings.Contains(string(manual), "`"+name+"`") {
				t.Errorf("%s: nothing reads %s", file, name)
			}
		}
		for _, m := range regexp.MustCompile(`ouvert serve (.*)`).FindAllStringSubmatch(text, -1) {
			for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(m[1], -1) {
				if !strings.Contains(help, flag) {
					t.Errorf("%s: there is no %s", file, flag)
				}
			}
		}
	}
}

// documents reads a file of YAML.
func documents(t *testing.T, name string) (out []map[string]any) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(deployed(t, name)))
	for {
		var m map[string]any
		err := d.Decode(&m)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, m)
	}
}

// in follows a path of names and indexes; nil when it leads nowhere.
func in(v any, path ...any) any {
	for _, p := range path {
		switch key := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			l, _ := v.([]any)
			if key >= len(l) {
				return nil
			}
			v = l[key]
		}
	}
	return v
}

func TestKubernetesManifest(t *testing.T) {
	const label = "app.kubernetes.io/name"
	kinds := map[string]map[string]any{}
	for _, m := range documents(t, "kubernetes.yaml") {
		kind, _ := m["kind"].(string)
		kinds[kind] = m
		name, space := in(m, "metadata", "name"), in(m, "metadata", "namespace")
		if kind == "" || m["apiVersion"] == nil || name == nil || (kind != "Namespace" && space != "ouvert") {
			t.Errorf("%v %v %v %v", m["apiVersion"], kind, name, space)
		}
	}
	deployment := kinds["Deployment"]
	pod := in(deployment, "spec", "template", "spec")
	container := in(pod, "containers", 0)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"nodes", in(deployment, "spec", "replicas"), 3},
		{"no node less", in(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable"), 0},
		{"the pods' label", in(deployment, "spec", "template", "metadata", "labels", label), "ouvert"},
		{"the deployment selects", in(deployment, "spec", "selector", "matchLabels", label), "ouvert"},
		{"the service selects", in(kinds["Service"], "spec", "selector", label), "ouvert"},
		{"the budget selects", in(kinds["PodDisruptionBudget"], "spec", "selector", "matchLabels", label), "ouvert"},
		{"the budget", in(kinds["PodDisruptionBudget"], "spec", "minAvailable"), 2},
		{"the policy selects", in(kinds["NetworkPolicy"], "spec", "podSelector", "matchLabels", label), "ouvert"},
		{"its user", in(pod, "securityContext", "runAsNonRoot"), true},
		{"its root", in(container, "securityContext", "readOnlyRootFilesystem"), true},
		{"more rights", in(container, "securityContext", "allowPrivilegeEscalation"), false},
		{"capabilities", in(container, "securityContext", "capabilities", "drop", 0), "ALL"},
		{"the command", in(container, "args", 0), "serve"},
		{"starting", in(container, "startupProbe", "httpGet", "path"), "/readyz"},
		{"ready", in(container, "readinessProbe", "httpGet", "path"), "/readyz"},
		{"alive", in(container, "livenessProbe", "httpGet", "path"), "/healthz"},
		{"the port", in(container, "ports", 0, "name"), "http"},
		{"the service's port", in(kinds["Service"], "spec", "ports", 0, "targetPort"), "http"},
		{"settings", in(container, "envFrom", 0, "configMapRef", "name"), in(kinds["ConfigMap"], "metadata", "name")},
		{"secrets", in(container, "envFrom", 1, "secretRef", "name"), in(kinds["Secret"], "metadata", "name")},
		{"the folder", in(container, "volumeMounts", 0, "name"), in(pod, "volumes", 0, "name")},
		{"outside", in(kinds["Ingress"], "spec", "rules", 0, "http", "paths", 0, "backend", "service", "name"), in(kinds["Service"], "metadata", "name")},
	} {
		if c.got == nil || fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	for _, probe := range []string{"startupProbe", "readinessProbe", "livenessProbe"} {
		if in(container, probe, "httpGet", "port") != "http" {
			t.Errorf("%s asks another port", probe)
		}
	}
	// A node has 25 s to end, after the pause in which it is taken out.
	pause, _ := in(container, "lifecycle", "preStop", "sleep", "seconds").(int)
	grace, _ := in(pod, "terminationGracePeriodSeconds").(int)
	if grace < pause+25 {
		t.Errorf("a node is killed after %d s, %d of them asleep", grace, pause)
	}
}

func TestComposeFile(t *testing.T) {
	m := documents(t, "compose.yaml")[0]
	services, _ := m["services"].(map[string]any)
	example := deployed(t, "compose.env.example")
	for _, v := range regexp.MustCompile(`\$\{([A-Z0-9_]+)`).FindAllStringSubmatch(deployed(t, "compose.yaml"), -1) {
		if !regexp.MustCompile(`(?m)^` + v[1] + `=.`).MatchString(example) {
			t.Errorf("%s is not in compose.env.example", v[1])
		}
	}
	nodes := 0
	for name, s := range services {
		if in(s, "image") == nil {
			t.Errorf("%s has no image", name)
		}
		var needs []string
		switch d := in(s, "depends_on").(type) {
		case []any:
			for _, x := range d {
				needs = append(needs, x.(string))
			}
		case map[string]any:
			for x, how := range d {
				needs = append(needs, x)
				if in(how, "condition") == "service_healthy" && in(services, x, "healthcheck") == nil {
					t.Errorf("%s waits for the health of %s, which tells none", name, x)
				}
			}
		}
		for _, x := range needs {
			if services[x] == nil {
				t.Errorf("%s needs %s, which is not there", name, x)
			}
		}
		volumes, _ := in(s, "volumes").([]any)
		for _, v := range volumes {
			from, _, _ := strings.Cut(v.(string), ":")
			if strings.HasPrefix(from, ".") {
				deployed(t, from)
			} else if _, ok := in(m, "volumes").(map[string]any)[from]; !ok {
				t.Errorf("%s uses the volume %s, which is not there", name, from)
			}
		}
		if in(s, "image") == "ouvert" {
			nodes++
			if in(s, "read_only") != true || in(s, "cap_drop", 0) != "ALL" || in(s, "environment", "OUVERT_DATABASE") == nil {
				t.Errorf("%s may do more than it must: %v", name, s)
			}
			deployed(t, filepath.Base(in(s, "build", "dockerfile").(string)))
		}
	}
	if nodes != 2 {
		t.Errorf("there are %d nodes", nodes)
	}
}

// TestContainerfile: what is copied is there, and what comes out is the program
// alone, run by nobody in particular.
func TestContainerfile(t *testing.T) {
	text := deployed(t, "Containerfile")
	for _, want := range []string{"FROM scratch", "CGO_ENABLED=0", "main.version", "USER 65532:65532", `ENTRYPOINT ["/ouvert"]`, "ca-certificates.crt", "OUVERT_DATA=/data"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
	instructions := strings.Fields("FROM WORKDIR COPY RUN ARG USER ENV VOLUME EXPOSE STOPSIGNAL ENTRYPOINT CMD")
	for _, line := range strings.Split(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !slices.Contains(instructions, word) {
			t.Errorf("what is %q?", line)
		}
		if word == "COPY" && !strings.HasPrefix(rest, "--") {
			for _, name := range strings.Fields(rest)[:len(strings.Fields(rest))-1] {
				if _, err := os.Stat(filepath.Join("..", "..", name)); err != nil {
					t.Error(err)
				}
			}
		}
	}
	version := regexp.MustCompile(`golang:(\S+)`).FindStringSubmatch(text)[1]
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil || !strings.Contains(string(mod), "\ngo "+version) {
		t.Errorf("it is built with Go %s, which is not that of go.mod: %v", version, err)
	}
}

// tool runs a program that checks a file, when it is installed; the test says
// so when it is not.
func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Logf("%s is not installed: the file is only looked at", name)
		return
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
}

func TestSystemdUnit(t *testing.T) {
	text := deployed(t, "ouvert.service")
	section := ""
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[':
			section = line
			seen[section] = true
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || section == "" || !regexp.MustCompile(`^[A-Z][A-Za-z]+$`).MatchString(name) {
			t.Errorf("line %d: %q", i+1, line)
		}
		if seen[name] && name != "SystemCallFilter" {
			t.Errorf("line %d: %s stands there twice", i+1, name)
		}
		seen[name] = true
		_ = value
	}
	for _, want := range []string{"[Unit]", "[Service]", "[Install]", "ExecStart", "DynamicUser", "StateDirectory", "NoNewPrivileges", "ProtectSystem", "Restart"} {
		if !seen[want] {
			t.Errorf("there is no %s", want)
		}
	}
	// What is not installed here can't be verified to be.
	text = strings.ReplaceAll(text, "/usr/local/bin/ouvert", "/bin/true")
	text = regexp.MustCompile(`(?m)^Documentation=.*\n`).ReplaceAllString(text, "")
	file := filepath.Join(t.TempDir(), "ouvert.service")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "systemd-analyze", "verify", file)
}

// balanced fails the test when braces are not.
func balanced(t *testing.T, name, text string) {
	t.Helper()
	depth := 0
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		depth += strings.Count(line, "{") - strings.Count(line, "}")
		if depth < 0 {
			t.Fatalf("%s, line %d: a brace too many", name, i+1)
		}
	}
	if depth != 0 {
		t.Errorf("%s: %d braces are open", name, depth)
	}
}

func TestNginx(t *testing.T) {
	text := deployed(t, "nginx.conf")
	balanced(t, "nginx.conf", text)
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if line = strings.TrimSpace(line); line != "" && !strings.HasSuffix(line, ";") && !strings.HasSuffix(line, "{") && !strings.HasSuffix(line, "}") {
			t.Errorf("line %d does not end: %s", i+1, line)
		}
	}
	dir := t.TempDir()
	certificate(t, dir)
	text = strings.NewReplacer("/etc/ssl/ouvert", dir, "/var/cache/nginx/ouvert", filepath.Join(dir, "cache")).Replace(text)
	whole := fmt.Sprintf("pid %s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n", dir)
	for _, name := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += fmt.Sprintf("%s_temp_path %s/%s;\n", name, dir, name)
	}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(whole+text+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "nginx", "-t", "-q", "-p", dir, "-c", file)
}

// certificate writes one of 127.0.0.1 that signs itself.
func certificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"fullchain.pem": {Type: "CERTIFICATE", Bytes: der}, "privkey.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		var b bytes.Buffer
		if err := pem.Encode(&b, block); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCaddy(t *testing.T) {
	for _, name := range []string{"Caddyfile", "compose.Caddyfile"} {
		balanced(t, name, deployed(t, name))
		tool(t, "caddy", "adapt", "--adapter", "caddyfile", "--config", filepath.Join("..", "..", "deploy", name))
	}
}
