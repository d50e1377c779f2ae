{{/* How a service's database is reached. Takes {root, database}: the {name, key} of the Secret with its URL. */}}
{{- define "sluicegate.database.variables" -}}
{{- include "sluicegate.secretVariable" (dict "variable" "SLUICEGATE_DATABASE_URL" "secret" .database) }}
{{- if .root.Values.postgresql.certificateAuthority }}
- name: PGSSLROOTCERT
  value: /etc/sluicegate/postgresql-ca.crt
{{- end }}
{{- end }}

{{/* The file that this variable, one of libpq's, names; nothing without it. Takes the root. */}}
{{- define "sluicegate.database.files" -}}
{{- with .Values.postgresql.certificateAuthority }}
{{ include "sluicegate.secretFile" (dict "path" "postgresql-ca.crt" "secret" .) }}
{{- end }}
{{- end }}
