/* The enumerations of PROTOCOL.md §7, in its order. */

export const ROLES = ['dispatcher', 'supervisor', 'unit', 'administrator', 'api'] as const;
export const UNIT_KINDS = [
  'post', 'foot', 'motorcycle', 'car', 'grid', 'volunteer', 'station',
] as const;
export const TIERS = ['1', '3', '5'] as const;
export const TIER_VERDICTS = ['open', 'met', 'missed', 'no_unit', 'cancelled', 'not_asked'] as const;
export const INCIDENT_TYPES = [
  'public_order', 'crime', 'traffic', 'fire', 'medical', 'help', 'dispute', 'other',
] as const;
export const CHANNELS = ['phone', 'api', 'key_alarm', 'sms', 'unit', 'sensor'] as const;
export const INCIDENT_STATES = [
  'pending', 'dispatched', 'responding', 'on_scene', 'feedback_due', 'closed', 'cancelled', 'duplicate', 'diverted',
] as const;
export const ASSIGNMENT_STATES = [
  'sent', 'delivered', 'acknowledged', 'en_route', 'on_scene',
  'cleared', 'declined', 'recalled', 'cancelled', 'preempted',
] as const;
export const DUTIES = ['off', 'on', 'out_of_service'] as const;
export const UNIT_STATUSES = [
  'off_duty', 'available', 'dispatched', 'en_route', 'on_scene', 'out_of_service',
] as const;
export const SOURCES = ['unit', 'dispatcher', 'gps', 'system', 'api'] as const;
export const DISPATCH_MODES = ['auto', 'recommend'] as const;
export const CLOCK_STARTS = ['received', 'created', 'sent', 'occurred'] as const;
export const PREEMPTS = ['never', 'propose', 'auto'] as const;
export const LADDER_STEPS = ['resent', 'additional', 'dispatcher', 'supervisor', 'par_asked', 'par_overdue',
  'second_channel', 'second_taken', 'second_delivered', 'second_failed', 'second_answered'] as const;
export const PANIC_STATES = ['none', 'raised', 'acknowledged'] as const;
export const PANIC_PLACES = ['device', 'fix', 'order', 'home', 'circle', 'district', 'unknown'] as const;
export const ALARM_KINDS = [
  'no_unit', 'ack_late', 'ack_escalated', 'tier_missed', 'undispatched', 'declined', 'hold_review',
  'notice_late', 'notice_escalated', 'panic', 'par_overdue', 'checkpoint_overdue', 'support', 'coverage_gap', 'receipt_late', 'feedback_late', 'help_late',
] as const;
export const NOTICE_KINDS = ['changed', 'danger', 'recalled'] as const;
export const NOTICE_STATES = ['none', 'sent', 'delivered', 'acknowledged'] as const;
export const WARN_LEVELS = ['caution', 'danger'] as const;
export const DECLINE_REASONS = ['unit_declines', 'vehicle', 'engaged', 'unsafe'] as const;
export const CLOSE_REASONS = ['resolved', 'false_report', 'duplicate', 'dispatcher'] as const;

export type Role = (typeof ROLES)[number];
export type UnitKind = (typeof UNIT_KINDS)[number];
export type TierName = (typeof TIERS)[number];
export type TierVerdict = (typeof TIER_VERDICTS)[number];
export type IncidentType = (typeof INCIDENT_TYPES)[number];
export type Channel = (typeof CHANNELS)[number];
export type IncidentState = (typeof INCIDENT_STATES)[number];
export type AssignmentState = (typeof ASSIGNMENT_STATES)[number];
export type Duty = (typeof DUTIES)[number];
export type UnitStatus = (typeof UNIT_STATUSES)[number];
export type Source = (typeof SOURCES)[number];
export type NoticeKind = (typeof NOTICE_KINDS)[number];
export type PanicState = (typeof PANIC_STATES)[number];
export type WarnLevel = (typeof WARN_LEVELS)[number];
export type AlarmKind = (typeof ALARM_KINDS)[number];

export const ASSIGNMENT_ACTIVE: ReadonlySet<AssignmentState> = new Set([
  'sent', 'delivered', 'acknowledged', 'en_route', 'on_scene',
]);
