using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>Statements about callbacks, each within a connection of the caller.</summary>
internal static class CallbackStore
{
    public static readonly string Find = Load("callback.find");
    public static readonly string List = Load("callback.list");
    public static readonly string OfCase = Load("callback.of_case");
    public static readonly string Attempts = Load("callback_attempt.list");
    public static readonly string Rates = Load("callback_rate.list");
    public static readonly string FullSlots = Load("callback_slot.full");
    public static readonly string SetSlot = Load("callback_slot.set");
    public static readonly string Insert = Load("callback.insert");

    private static readonly string LockOne = Load("callback.lock");
    private static readonly string ScheduleOne = Load("callback.schedule");
    private static readonly string AskOne = Load("callback.ask");
    private static readonly string StateOne = Load("callback.state");
    private static readonly string NumbersOne = Load("callback.numbers");
    private static readonly string LateOne = Load("callback.late");
    private static readonly string RetryOne = Load("callback.retry");
    private static readonly string EndOne = Load("callback.end");
    private static readonly string InsertAttempt = Load("callback_attempt.insert");
    private static readonly string CountRate = Load("callback_rate.count");
    private static readonly string ReserveSlot = Load("callback_slot.reserve");
    private static readonly string ReleaseSlot = Load("callback_slot.release");

    public static NpgsqlParameter[] Columns(IReadOnlyList<(CallbackWish Wish, string? InstanceId, DateTimeOffset Now)> wishes) =>
        [
            Arg.Texts(wishes.Select(w => w.Wish.Id)),
            Arg.Texts(wishes.Select(w => w.Wish.CaseId)),
            Arg.Texts(wishes.Select(w => w.Wish.CustomerId)),
            Arg.Texts(wishes.Select(w => w.InstanceId)),
            new() { Value = wishes.Select(w => w.Wish.BookmarkId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            Arg.Texts(wishes.Select(w => w.Wish.Channel)),
            Arg.Texts(wishes.Select(w => JsonSerializer.Serialize(w.Wish.Numbers))),
            Arg.Texts(wishes.Select(w => w.Wish.Reason)),
            Arg.Texts(wishes.Select(w => w.Wish.Segment)),
            Arg.Times(wishes.Select(w => w.Wish.Wish?.Start)),
            Arg.Times(wishes.Select(w => w.Wish.Wish?.End)),
            Arg.Times(wishes.Select(w => (DateTimeOffset?)w.Now)),
        ];

    public static async Task<Callback?> LockAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        var found = (await db.ReadAsync(LockOne, RowOf, ct, Arg.Text(id))).SingleOrDefault();
        return found is null ? null : found with { Attempts = [.. await db.ReadAsync(Attempts, AttemptOf, ct, Arg.Text(id))] };
    }

    public static async Task<int> ScheduleAsync(
        NpgsqlConnection db,
        string id,
        ChosenSlot chosen,
        IEnumerable<UsedZone> zones,
        bool isMoved,
        CancellationToken ct
    ) =>
        (
            await db.ReadAsync(
                ScheduleOne,
                r => r.GetInt32(0),
                ct,
                Arg.Text(id),
                Arg.Text(Words.Of(CallbackState.Scheduled)),
                Arg.Time(chosen.Slot.Start),
                Arg.Time(chosen.Slot.End),
                Arg.Time(chosen.Slot.Start),
                Arg.Text(Words.Of(chosen.Reason)),
                Double(chosen.Value),
                Double(chosen.Propensity),
                Arg.Integer(chosen.Among),
                Arg.Text(ZonesJson(zones)),
                Arg.Flag(isMoved)
            )
        ).Single();

    public static Task AskAsync(NpgsqlConnection db, string id, IEnumerable<UsedZone> zones, CancellationToken ct) =>
        db.DoAsync(AskOne, ct, Arg.Text(id), Arg.Text(ZonesJson(zones)));

    public static Task SetStateAsync(NpgsqlConnection db, string id, CallbackState state, CancellationToken ct) =>
        db.DoAsync(StateOne, ct, Arg.Text(id), Arg.Text(Words.Of(state)));

    public static Task SetNumbersAsync(NpgsqlConnection db, string id, IEnumerable<string> numbers, CancellationToken ct) =>
        db.DoAsync(NumbersOne, ct, Arg.Text(id), Arg.Texts(numbers));

    public static async Task<bool> MarkLateAsync(NpgsqlConnection db, string id, CancellationToken ct) =>
        await db.DoAsync(LateOne, ct, Arg.Text(id)) == 1;

    public static async Task<int> RetryAsync(
        NpgsqlConnection db,
        string id,
        DateTimeOffset at,
        string? sameAgent,
        bool? isOnTime,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        (
            await db.ReadAsync(
                RetryOne,
                r => r.GetInt32(0),
                ct,
                Arg.Text(id),
                Arg.Time(at),
                Arg.Text(sameAgent),
                Arg.Flag(isOnTime),
                Arg.Time(now)
            )
        ).Single();

    public static Task EndAsync(
        NpgsqlConnection db,
        string id,
        CallbackState state,
        string reason,
        DateTimeOffset now,
        bool? isOnTime,
        DateTimeOffset? attemptAt,
        CancellationToken ct
    ) =>
        db.DoAsync(
            EndOne,
            ct,
            Arg.Text(id),
            Arg.Text(Words.Of(state)),
            Arg.Text(reason),
            Arg.Time(now),
            Arg.Flag(isOnTime),
            Arg.Time(attemptAt)
        );

    public static Task AddAttemptAsync(NpgsqlConnection db, string id, MadeAttempt attempt, CancellationToken ct) =>
        db.DoAsync(
            InsertAttempt,
            ct,
            Arg.Text(id),
            Arg.Integer(attempt.No),
            Arg.Time(attempt.At),
            Arg.Text(Words.Of(attempt.Outcome)),
            Arg.Text(attempt.Agent),
            Arg.Text(attempt.Note)
        );

    public static Task CountAsync(NpgsqlConnection db, string segment, int hour, bool isAnswered, CancellationToken ct) =>
        db.DoAsync(
            CountRate,
            ct,
            Arg.Texts(new[] { segment, "" }.Distinct(StringComparer.Ordinal)),
            Arg.Small((short)hour),
            Arg.Number(isAnswered ? 1 : 0)
        );

    public static async Task<bool> ReserveAsync(NpgsqlConnection db, DateTimeOffset slot, int usualRoom, CancellationToken ct) =>
        (await db.ReadAsync(ReserveSlot, r => r.GetInt32(0), ct, Arg.Time(slot), Arg.Integer(usualRoom))).Count == 1;

    public static Task ReleaseAsync(NpgsqlConnection db, DateTimeOffset slot, CancellationToken ct) =>
        db.DoAsync(ReleaseSlot, ct, Arg.Time(slot));

    /// <summary>What is known about answers: of the segment where it was called often enough, else of all.</summary>
    public static AnswerRates RatesOf(string segment, IReadOnlyCollection<(string Segment, int Hour, HourRecord Seen)> rows)
    {
        var all = rows.Where(r => r.Segment.Length == 0).ToList();
        var calls = all.Sum(r => r.Seen.Attempts);
        var mean = calls == 0 ? AnswerRates.Unknown.Mean : all.Sum(r => r.Seen.Answers) / (double)calls;
        return new(mean, rows.Where(r => r.Segment == segment).ToImmutableDictionary(r => r.Hour, r => r.Seen));
    }

    public static Callback RowOf(NpgsqlDataReader r) =>
        new()
        {
            Id = r.GetString(0),
            Rev = r.GetInt64(1),
            Generation = r.GetInt32(2),
            CaseId = r.FindText(3),
            CustomerId = r.FindText(4),
            InstanceId = r.FindText(5),
            BookmarkId = r.IsDBNull(6) ? null : r.GetInt64(6),
            Channel = r.GetString(7),
            Numbers = [.. r.GetFieldValue<string[]>(8)],
            Reason = r.FindText(9),
            Segment = r.GetString(10),
            Wish = SpanOf(r, 11),
            State = Words.Find<CallbackState>(r.GetString(13))!.Value,
            Window = SpanOf(r, 14),
            NextAt = r.FindTime(16),
            SlotReason = Words.Find<SlotReason>(r.FindText(17)),
            Propensity = r.IsDBNull(18) ? null : r.GetDouble(18),
            Zones = r.GetString(19),
            NeedsBooking = r.GetBoolean(20),
            SameAgent = r.FindText(21),
            IsOnTime = r.IsDBNull(22) ? null : r.GetBoolean(22),
            WasMoved = r.GetBoolean(23),
            ContactAt = r.FindTime(24),
            EndReason = r.FindText(25),
            RequestedAt = r.GetTime(26),
            EndedAt = r.FindTime(27),
        };

    public static MadeAttempt AttemptOf(NpgsqlDataReader r) =>
        new(r.GetInt32(0), r.GetTime(1), Words.Find<CallOutcome>(r.GetString(2))!.Value, r.FindText(3), r.FindText(4));

    private static Span? SpanOf(NpgsqlDataReader r, int column) =>
        r.FindTime(column) is { } start && r.FindTime(column + 1) is { } end ? new(start, end) : null;

    private static string ZonesJson(IEnumerable<UsedZone> zones) =>
        JsonSerializer.Serialize(
            zones.Select(z => new
            {
                zone = z.Zone,
                jurisdiction = z.Jurisdiction,
                source = Words.Of(z.Source),
                assumed = z.IsAssumed,
            })
        );

    private static NpgsqlParameter Double(double value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Double };

    private static string Load(string name) => SqlFile.Beside<Callback>(name);
}
