module k121.dev/differential

go 1.22

require (
	go.yaml.in/yaml/v2 v2.4.2
	gopkg.in/yaml.v2 v2.4.0
	sigs.k8s.io/yaml v1.6.0
)
