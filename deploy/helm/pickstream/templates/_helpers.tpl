{{- define "pickstream.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "pickstream.labels" -}}
app.kubernetes.io/name: pickstream
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "pickstream.selector" -}}
app.kubernetes.io/name: pickstream
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "pickstream.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What all pods share. Takes root and component. */}}
{{- define "pickstream.pod" -}}
serviceAccountName: {{ include "pickstream.name" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .root.Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .root.Values.affinity }}
affinity: {{- toYaml .root.Values.affinity | nindent 2 }}
{{- else }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- include "pickstream.selector" . | nindent 14 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {}
{{- if .root.Values.rules }}
  - name: rules
    configMap: {name: {{ include "pickstream.name" .root }}-rules}
{{- end }}
{{- range .root.Values.mounts }}
  - name: {{ .name }}
    secret: {secretName: {{ .secretName }}}
{{- end }}
{{- end }}

{{/* What all containers share. Takes root. */}}
{{- define "pickstream.container" -}}
image: {{ include "pickstream.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
envFrom:
  - configMapRef: {name: {{ include "pickstream.name" .root }}-settings}
{{- if .root.Values.existingSecret }}
  - prefix: PICKSTREAM_
    secretRef: {name: {{ .root.Values.existingSecret }}}
{{- end }}
{{- with .root.Values.secretSettings }}
env:
{{- range . }}
  - name: PICKSTREAM_{{ .name }}
    valueFrom:
      secretKeyRef: {name: {{ .secretName }}, key: {{ .key }}}
{{- end }}
{{- end }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- if .root.Values.rules }}
  - name: rules
    mountPath: /etc/pickstream/rules
    readOnly: true
{{- end }}
{{- range .root.Values.mounts }}
  - name: {{ .name }}
    mountPath: /etc/pickstream/{{ .name }}
    readOnly: true
{{- end }}
{{- end }}
