{{- define "spendtracker.labels" -}}
app.kubernetes.io/name: spendtracker
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "spendtracker.selector" -}}
app.kubernetes.io/name: spendtracker
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: host
{{- end }}

{{- define "spendtracker.pod" -}}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1654
  runAsGroup: 1654
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "spendtracker.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
env:
  - name: ConnectionStrings__spendtracker
    valueFrom:
      secretKeyRef: {name: {{ .Values.database.secret | quote }}, key: {{ .Values.database.key | quote }}}
  - {name: SpendTracker__ReportingTimeZone, value: {{ .Values.reportingTimeZone | quote }}}
  - {name: SpendTracker__ReportingCurrency, value: {{ .Values.reportingCurrency | quote }}}
  - {name: SpendTracker__Proxies, value: {{ .Values.proxies | quote }}}
  {{- with .Values.allowedHosts }}
  - {name: SpendTracker__AllowedHosts, value: {{ . | quote }}}
  {{- end }}
  {{- with .Values.otlpEndpoint }}
  - {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
  - name: POD
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
  - {name: OTEL_RESOURCE_ATTRIBUTES, value: service.instance.id=$(POD)}
  {{- end }}
  {{- range $name, $value := .Values.environment }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
volumeMounts: [{name: tmp, mountPath: /tmp}]
{{- end }}
