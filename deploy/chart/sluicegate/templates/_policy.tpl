{{/* Parts of NetworkPolicies. */}}

{{/* Takes {root, component, pods, annotations}: the components whose pods are meant, all of the release without. */}}
{{- define "sluicegate.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "sluicegate.metadata" . | nindent 2 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  podSelector:
    matchLabels:
      {{- include "sluicegate.selector" (dict "root" .root) | nindent 6 }}
    {{- with .pods }}
    matchExpressions:
      - {key: app.kubernetes.io/component, operator: In, values: [{{ join ", " . }}]}
    {{- end }}
{{- end }}

{{/* Egress rules. */}}
{{- define "sluicegate.toDns" -}}
- to:
    {{- toYaml . | nindent 4 }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end }}

{{/* Takes {to, ports}. */}}
{{- define "sluicegate.toService" -}}
- to:
    {{- toYaml .to | nindent 4 }}
  ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end }}
