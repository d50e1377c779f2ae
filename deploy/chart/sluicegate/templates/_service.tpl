{{/* The Deployment of a service. Takes {root, service, values, variables, files, http}: the variables and files that it
     alone has, as YAML; `http` if it is called from outside. */}}
{{- define "sluicegate.deployment" -}}
{{- $names := dict "root" .root "component" .service -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "sluicegate.metadata" $names | nindent 2 }}
spec:
  {{- if not (and (eq .service "worker") .root.Values.autoscaling.enabled) }}
  replicas: {{ .values.replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "sluicegate.selector" $names | nindent 6 }}
  # Old and new pods run side by side; no old one goes before a new one is ready.
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}
  template:
    metadata:
      labels:
        {{- include "sluicegate.selector" $names | nindent 8 }}
        app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
    spec:
      {{- include "sluicegate.pod" . | nindent 6 }}
      # More than the pause before the drain and the drain together.
      terminationGracePeriodSeconds: {{ add .values.graceSeconds (ternary 5 0 .http) 10 }}
      {{- include "sluicegate.spread" (include "sluicegate.selector" $names) | nindent 6 }}
      containers:
        - name: {{ .service }}
          {{- include "sluicegate.container" . | nindent 10 }}
          args: [serve]
          env:
            {{- include "sluicegate.variables" . | nindent 12 }}
            {{- .variables | nindent 12 }}
            {{- range $name, $value := .values.settings }}
            {{- if kindIs "map" $value }}
            {{- include "sluicegate.secretVariable" (dict "variable" $name "secret" $value) | nindent 12 }}
            {{- else }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
            {{- end }}
            {{- with .values.handlerEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            {{- if .http }}
            - {name: http, containerPort: 8080}
            {{- end }}
            - {name: internal, containerPort: 9090}
          {{- include "sluicegate.probes" . | nindent 10 }}
          {{- if .http }}
          # Until nobody sends requests here any more.
          lifecycle:
            preStop:
              sleep: {seconds: 5}
          {{- end }}
          volumeMounts:
            - {name: files, mountPath: /etc/sluicegate, readOnly: true}
            - {name: tmp, mountPath: /tmp}
            {{- if eq .service "worker" }}
            - {name: workspace, mountPath: /workspace}
            {{- end }}
      volumes:
        - name: files
          projected:
            defaultMode: 0440
            sources:
              {{- .files | nindent 14 }}
              {{- if .values.database }}
              {{- with include "sluicegate.database.files" .root | trim }}
              {{- . | nindent 14 }}
              {{- end }}
              {{- end }}
              {{- with include "sluicegate.kafka.files" (dict "root" .root "user" .values.kafkaUser) | trim }}
              {{- . | nindent 14 }}
              {{- end }}
        - name: tmp
          emptyDir: {}
        {{- if eq .service "worker" }}
        - name: workspace
          persistentVolumeClaim:
            claimName: {{ .values.workspace.claim | default (printf "%s-workspace" .root.Release.Name) }}
        {{- end }}
{{- end }}

{{/* The variables that all services have. */}}
{{- define "sluicegate.variables" -}}
{{- if .values.database }}
{{- include "sluicegate.database.variables" (dict "root" .root "database" .values.database) }}
{{ end -}}
{{ include "sluicegate.kafka.variables" (dict "root" .root "user" .values.kafkaUser) }}
{{- if .http }}
- name: SLUICEGATE_HTTP_HOST
  value: 0.0.0.0
- name: SLUICEGATE_HTTP_PORT
  value: "8080"
{{- end }}
- name: SLUICEGATE_INTERNAL_HOST
  value: 0.0.0.0
- name: SLUICEGATE_INTERNAL_PORT
  value: "9090"
- name: SLUICEGATE_GRACE_SECONDS
  value: {{ .values.graceSeconds | quote }}
{{- end }}

{{/* The port opens last, so a pod that answers has started. `/healthz` asks nothing of PostgreSQL and Kafka: a pod is not
     restarted because they are down. */}}
{{- define "sluicegate.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: internal}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: internal}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: internal}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{/* Takes the labels of the pods that keep apart, where there is room: replicas on different hosts and in different zones. */}}
{{- define "sluicegate.spread" -}}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- $ | nindent 8 }}
  {{- end }}
{{- end }}
