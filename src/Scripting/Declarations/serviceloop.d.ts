// What every script has.

/** Reads a variable by its name; null when there is none. */
declare function getVariable(name: string): any;
/** Sets a variable; an unknown name creates it. */
declare function setVariable(name: string, value: any): void;
/** Reads an input of the workflow by its name. */
declare function getInput(name: string): any;
/** Reads an output of an activity, by its name or id; without a second name its only output, or Result. */
declare function getOutputFrom(activity: string, output?: string): any;
/** The result of the activity that completed last. */
declare function getLastResult(): any;
/** Chooses where the activity goes on. Only in Run JavaScript. */
declare function setOutcome(name: string): void;
/** Chooses several ways on. Only in Run JavaScript. */
declare function setOutcomes(names: string[]): void;
/** Configuration cannot be read: always an error. */
declare function getConfig(name: string): never;
/** Addresses that trigger events cannot be made by scripts: always an error. */
declare function createEventTriggerUrl(name: string): never;
/** A value as JSON text. */
declare function toJson(value: any): string;

declare function getWorkflowInstanceId(): string;
declare function getWorkflowInstanceName(): string | null;
declare function setWorkflowInstanceName(name: string | null): void;
declare function getCorrelationId(): string | null;
declare function setCorrelationId(id: string | null): void;
declare function getWorkflowDefinitionId(): string;
declare function getWorkflowDefinitionVersionId(): string;
declare function getWorkflowDefinitionVersion(): number;

declare function isNullOrEmpty(text: string | null | undefined): boolean;
declare function isNullOrWhiteSpace(text: string | null | undefined): boolean;
declare function newGuid(): string;
declare function newGuidString(): string;
declare function getGuidString(): string;
declare function newShortGuid(): string;
declare function getShortGuid(): string;
declare function parseGuid(text: string): string;
declare function bytesToString(bytes: Uint8Array): string;
declare function bytesFromString(text: string): Uint8Array;
declare function bytesToBase64(bytes: Uint8Array): string;
declare function bytesFromBase64(text: string): Uint8Array;
declare function stringToBase64(text: string): string;
declare function stringFromBase64(text: string): string;
declare function streamToBytes(bytes: Uint8Array): Uint8Array;
declare function streamToBase64(bytes: Uint8Array): string;
declare function readStreamAsText(bytes: Uint8Array): string;

/** Arguments that an activity gives to a script that it evaluates itself. */
declare const args: Record<string, any>;

/** A moment; all members count in UTC. */
interface Moment extends Date {
  readonly Year: number;
  readonly Month: number;
  readonly Day: number;
  readonly Hour: number;
  readonly Minute: number;
  readonly Second: number;
  readonly Millisecond: number;
  readonly DayOfWeek: number;
  readonly Date: Moment;
  Add(span: string): Moment;
  AddYears(count: number): Moment;
  AddMonths(count: number): Moment;
  AddDays(count: number): Moment;
  AddHours(count: number): Moment;
  AddMinutes(count: number): Moment;
  AddSeconds(count: number): Moment;
  AddMilliseconds(count: number): Moment;
}

interface MomentType {
  new (year: number, month: number, day: number, hour?: number, minute?: number, second?: number, millisecond?: number): Moment;
  (text: string): Moment;
  readonly Now: Moment;
  readonly UtcNow: Moment;
  readonly Today: Moment;
  Parse(text: string): Moment;
}
declare const DateTime: MomentType;
declare const DateTimeOffset: MomentType;

/** Spans of time are texts such as 01:30:00. */
declare const TimeSpan: {
  new (hours: number, minutes?: number, seconds?: number): string;
  readonly Zero: string;
  FromDays(count: number): string;
  FromHours(count: number): string;
  FromMinutes(count: number): string;
  FromSeconds(count: number): string;
  FromMilliseconds(count: number): string;
  Parse(text: string): string;
};

declare const Guid: { readonly Empty: string; NewGuid(): string; Parse(text: string): string };

interface RandomNumbers {
  NextDouble(): number;
  Next(from?: number, to?: number): number;
}
declare const Random: { new (): RandomNumbers; readonly Shared: RandomNumbers };
