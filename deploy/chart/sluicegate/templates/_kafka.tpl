{{/* How Kafka is reached, and who the caller is to it. Each takes {root, user}: a `kafkaUser` of the values. */}}

{{- define "sluicegate.kafka.variables" -}}
{{- $kafka := .root.Values.kafka -}}
- name: SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS
  value: {{ $kafka.bootstrapServers | quote }}
{{- if ne $kafka.securityProtocol "PLAINTEXT" }}
- name: SLUICEGATE_KAFKA_SECURITY_PROTOCOL
  value: {{ $kafka.securityProtocol }}
{{- end }}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
- name: SLUICEGATE_KAFKA_SASL_MECHANISM
  value: {{ $kafka.saslMechanism }}
- name: SLUICEGATE_KAFKA_SASL_USERNAME
  value: {{ .user.name | quote }}
{{ include "sluicegate.secretVariable" (dict "variable" "SLUICEGATE_KAFKA_SASL_PASSWORD" "secret" .user.password) }}
{{- end }}
{{- if $kafka.certificateAuthority }}
- name: SLUICEGATE_KAFKA_SSL_CA_FILE
  value: /etc/sluicegate/kafka-ca.crt
{{- end }}
{{- if .user.certificate }}
- name: SLUICEGATE_KAFKA_SSL_CERTIFICATE_FILE
  value: /etc/sluicegate/kafka-user.crt
- name: SLUICEGATE_KAFKA_SSL_KEY_FILE
  value: /etc/sluicegate/kafka-user.key
{{- end }}
{{- end }}

{{/* The files that these variables name; nothing if there are none. */}}
{{- define "sluicegate.kafka.files" -}}
{{- with .root.Values.kafka.certificateAuthority }}
{{ include "sluicegate.secretFile" (dict "path" "kafka-ca.crt" "secret" .) }}
{{- end }}
{{- with .user.certificate }}
- secret:
    name: {{ .name }}
    items: [{key: {{ .certificate }}, path: kafka-user.crt}, {key: {{ .key }}, path: kafka-user.key}]
{{- end }}
{{- end }}
