{{/* A Job that runs before an install and before an upgrade, and has to succeed. Takes {root, component, service, values,
     final, run, files}: the service whose image it has; the exit codes that no further try would change; what it runs, and
     the files that it reads if it does, as YAML. */}}
{{- define "sluicegate.hook" -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "sluicegate.metadata" . | nindent 2 }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 3
  activeDeadlineSeconds: 600
  podFailurePolicy:
    rules:
      - action: FailJob
        onExitCodes: {operator: In, values: [{{ join ", " .final }}]}
  template:
    metadata:
      labels:
        {{- include "sluicegate.selector" . | nindent 8 }}
        app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
    spec:
      {{- include "sluicegate.pod" . | nindent 6 }}
      restartPolicy: Never
      containers:
        - name: {{ .component }}
          {{- include "sluicegate.container" . | nindent 10 }}
          {{- .run | nindent 10 }}
          {{- with .files }}
          volumeMounts:
            - {name: files, mountPath: /etc/sluicegate, readOnly: true}
      volumes:
        - name: files
          projected:
            defaultMode: 0440
            sources:
              {{- . | nindent 14 }}
          {{- end }}
{{- end }}
