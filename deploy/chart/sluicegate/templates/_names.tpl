{{/* Names and labels. Each takes {root, component}. */}}

{{- define "sluicegate.selector" -}}
app.kubernetes.io/name: sluicegate
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "sluicegate.labels" -}}
{{ include "sluicegate.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "sluicegate.metadata" -}}
name: {{ .root.Release.Name }}-{{ .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "sluicegate.labels" . | nindent 2 }}
{{- end }}

{{/* Takes {root, service, values}. */}}
{{- define "sluicegate.image" -}}
{{- $image := .root.Values.image -}}
{{- .values.image | default (printf "%s/sluicegate-%s:%s" $image.registry .service ($image.tag | default .root.Chart.AppVersion)) -}}
{{- end }}
