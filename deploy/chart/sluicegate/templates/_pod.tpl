{{/* What all pods have in common: the restricted profile of the Pod Security Standards, and more. */}}

{{/* Takes {root, values}. No token: the services know nothing of Kubernetes. No service links: a Service called
     `sluicegate-http` would set the variable SLUICEGATE_HTTP_PORT. */}}
{{- define "sluicegate.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "sluicegate.container" -}}
image: {{ include "sluicegate.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  capabilities: {drop: [ALL]}
resources:
  {{- toYaml .values.resources | nindent 2 }}
{{- end }}

{{/* Takes {name, key, variable}: a variable whose value stands in a Secret. */}}
{{- define "sluicegate.secretVariable" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef: {name: {{ .secret.name }}, key: {{ .secret.key }}}
{{- end }}

{{/* Takes {path, secret}: a file that stands in a Secret. */}}
{{- define "sluicegate.secretFile" -}}
- secret:
    name: {{ .secret.name }}
    items: [{key: {{ .secret.key }}, path: {{ .path }}}]
{{- end }}
