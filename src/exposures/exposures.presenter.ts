import type { Actor } from '../platform/events/actor.js';
import type { ReceivedReportView, ReportExposuresBody } from './exposures.dto.js';
import { describeLocation, type Finding } from './finding.js';

/** Converts a report into a finding for each of its keys. */
export function findingsOf(origin: Actor, { keys, source }: ReportExposuresBody): Finding[] {
  const place = describeLocation(source, keys);
  return [...new Set(keys.map((key) => key.trim()))].map((text) => ({ text, source: 'report', place, origin }));
}

export const presentReceived = (received: number): ReceivedReportView => ({ received });
