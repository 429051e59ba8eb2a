import { ApiError } from './errors.ts';
import type { ReferencingType, UsageScope } from './image-usage.ts';

/** How often each account used an image when the report was made (spec C2.8). Times are ISO 8601 with milliseconds. */
export interface ImageUsageReport {
  reportId: string;
  ownerId: string;
  imageId: string;
  state: 'pending' | 'available' | 'error';
  stateReason?: string;
  resourceTypes: UsageScope[];
  /** The accounts asked about; empty for all. */
  accountIds: string[];
  creationTime: string;
  entries: UsageEntry[];
}

export interface UsageEntry {
  type: ReferencingType;
  accountId: string;
  count: number;
}

/** The types of resource a report can count. */
export const reportedTypes = [
  'ec2:Instance',
  'ec2:LaunchTemplate',
  'imagebuilder:ImageRecipe',
  'imagebuilder:ContainerRecipe',
] as const;

export const defaultReportDepth = 20;
const lifetime = 30 * 86_400_000;

export function reportExpiry({ creationTime }: Pick<ImageUsageReport, 'creationTime'>): Date {
  return new Date(Date.parse(creationTime) + lifetime);
}

export function hasReportExpired(report: Pick<ImageUsageReport, 'creationTime'>, now: Date): boolean {
  return reportExpiry(report) <= now;
}

/** Counts the owners of what uses the image, in order of account. */
export function countByAccount(
  type: ReferencingType,
  ownerIds: readonly string[],
  asked: readonly string[],
): UsageEntry[] {
  const counts = new Map<string, number>();
  for (const id of ownerIds)
    if (asked.length === 0 || asked.includes(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([accountId, count]) => ({ type, accountId, count }));
}

/** [R] */
export const reportNotFound = (id: string) =>
  new ApiError('InvalidImageUsageReportId.NotFound', `The image usage report '${id}' does not exist`);
