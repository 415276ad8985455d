using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>Lists of instances: filtered, searched, ordered, counted and paged. The statements are put together from the files <c>Sql/instance_list.*.sql</c>.</summary>
/// <remarks>
/// A page far behind is read from the nearer end of the index. A text is looked for first; what it finds is then filtered and ordered like all else.
/// The order by the last commit must sort those that run, as no index may change with every burst: its cost grows with their number.
/// </remarks>
internal sealed class InstanceLists(Database database)
{
    // More lines than this under one text are no search for a definition.
    private const int MaxLines = 50;

    // Shorter texts have no trigram of their own.
    private const int ShortestIndexed = 3;

    private const string Place = "FILTER";
    private static readonly string Filter = SqlFile.Beside<InstanceLists>("instance_list.filter");
    private static readonly string CountText = Statement("count");
    private static readonly string SearchText = Statement("search");
    private static readonly string SearchShortText = Statement("search_short");
    private static readonly ImmutableDictionary<InstanceOrder, string> Pages = Enum.GetValues<InstanceSort>()
        .SelectMany(sort => new[] { new InstanceOrder(sort), new InstanceOrder(sort, IsAscending: true) })
        .ToImmutableDictionary(order => order, order => Statement(NameOf(order)));

    private readonly InstanceCounts counts = new();

    /// <summary>The statement of a file with the filter in its place.</summary>
    public static string Statement(string name) =>
        SqlFile.Beside<InstanceLists>($"instance_list.{name}").Replace(Place, Filter, StringComparison.Ordinal);

    /// <summary>Name of the file that pages in an order.</summary>
    public static string NameOf(InstanceOrder order) =>
        (
            order.Sort switch
            {
                InstanceSort.Created => "created",
                InstanceSort.LastExecuted => "executed",
                InstanceSort.Finished => "finished",
                InstanceSort.Name => "name",
                _ => throw new ArgumentOutOfRangeException(nameof(order), order, "Unknown order."),
            }
        ) + (order.IsAscending ? "_asc" : "_desc");

    /// <summary>A statement with its parameters, for a look at its plan.</summary>
    /// <param name="kind"><c>page</c>, <c>count</c> or <c>search</c>.</param>
    /// <param name="filter">Which.</param>
    /// <param name="order">In which order.</param>
    internal static (string Statement, NpgsqlParameter[] Parameters) Explained(string kind, InstanceFilter filter, InstanceOrder order)
    {
        var begun = new Begun(filter, filter.Allowed(), kind == "page" && filter.Search is not null ? ["i1", "i2"] : null);
        return kind switch
        {
            "page" => (Pages[order], PageArguments(begun, order, 0, 50)),
            "count" => (CountText, [.. FilterArguments(begun), Arg.Number(null)]),
            "search" => (SearchTextFor(filter.Search!), SearchArguments(begun, filter.Search!)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of statement."),
        };
    }

    /// <summary>A part of the list, without its count.</summary>
    public async Task<IReadOnlyList<InstanceSummary>> ListAsync(
        InstanceFilter filter,
        InstanceOrder order,
        int skip,
        int take,
        CancellationToken ct
    )
    {
        if (await BeginAsync(filter, ct) is not { } begun)
            return [];

        return await ReadAsync(begun, order, skip, take, ct);
    }

    /// <summary>A part of the list with its count.</summary>
    public async Task<InstancePage> PageAsync(InstanceFilter filter, InstanceOrder order, int skip, int take, CancellationToken ct)
    {
        if (await BeginAsync(filter, ct) is not { } begun)
            return InstancePage.Empty;

        var first = skip == 0 ? await ReadAsync(begun, order, 0, take, ct) : null;

        // All of them are on the first page: nothing is to be counted.
        if (first is not null && first.Count < take)
            return new(first, first.Count, IsExact: true);

        var (total, isExact) = begun.Ids is { } hits ? (hits.Length, true) : await CountAsync(begun, ct);

        if (isExact && skip >= total)
            return new([], total, isExact);

        var rows = first ?? await ReadFromNearerEndAsync(begun, order, skip, take, isExact ? total : long.MaxValue, ct);

        // There is at least what was seen, and one more as long as pages are full.
        return isExact ? new(rows, total, isExact) : new(rows, Math.Max(total, skip + rows.Count + (rows.Count == take ? 1 : 0)), isExact);
    }

    /// <param name="Filter">Which.</param>
    /// <param name="Allowed">Sub-statuses that it leaves; at least one.</param>
    /// <param name="Ids">What the search found, newest first; null when nothing is searched.</param>
    private sealed record Begun(InstanceFilter Filter, ImmutableArray<WorkflowSubStatus> Allowed, string[]? Ids);

    /// <summary>Null when nothing can fit.</summary>
    private async Task<Begun?> BeginAsync(InstanceFilter filter, CancellationToken ct)
    {
        var allowed = filter.Allowed();

        if (allowed.IsEmpty)
            return null;

        var begun = new Begun(filter, allowed, null);

        if (filter.Search is not { Length: > 0 } text)
            return begun;

        var ids = await database.ReadFittedAsync(
            SearchTextFor(text),
            static reader => reader.GetString(0),
            ct,
            SearchArguments(begun, text)
        );
        return ids.Count == 0 ? null : begun with { Ids = [.. ids] };
    }

    /// <param name="begun">Which.</param>
    /// <param name="order">In which order.</param>
    /// <param name="skip">Less than <paramref name="total"/>.</param>
    /// <param name="take">At most.</param>
    /// <param name="total">How many there are; the largest number when that is not known.</param>
    /// <param name="ct">Cancels.</param>
    private async Task<IReadOnlyList<InstanceSummary>> ReadFromNearerEndAsync(
        Begun begun,
        InstanceOrder order,
        int skip,
        int take,
        long total,
        CancellationToken ct
    )
    {
        if (skip <= total / 2 || begun.Ids is not null)
            return await ReadAsync(begun, order, skip, take, ct);

        var opposite = order with { IsAscending = !order.IsAscending };
        var rows = await ReadAsync(begun, opposite, (int)Math.Max(0, total - skip - take), (int)Math.Min(take, total - skip), ct);
        return [.. rows.Reverse()];
    }

    private Task<IReadOnlyList<InstanceSummary>> ReadAsync(Begun begun, InstanceOrder order, int skip, int take, CancellationToken ct)
    {
        // Hits come in this order already.
        if (begun.Ids is { } hits && order == default)
            (begun, skip) = (begun with { Ids = hits[Math.Min(skip, hits.Length)..(int)Math.Min((long)skip + take, hits.Length)] }, 0);

        return database.ReadFittedAsync(Pages[order], RowOf, ct, PageArguments(begun, order, skip, take));
    }

    private static string SearchTextFor(string text) => text.EnumerateRunes().Count() < ShortestIndexed ? SearchShortText : SearchText;

    private static NpgsqlParameter[] SearchArguments(Begun begun, string text) =>
        [
            .. FilterArguments(begun),
            Arg.Text(Escaped(text) + '%'),
            Arg.Text('%' + Escaped(text) + '%'),
            Arg.Text(text),
            Arg.Integer(InstanceFilter.MaxHits),
            Arg.Integer(InstanceFilter.NewestSearched),
            Arg.Integer(MaxLines),
        ];

    private static NpgsqlParameter[] PageArguments(Begun begun, InstanceOrder order, int skip, int take)
    {
        NpgsqlParameter[] parameters = [.. FilterArguments(begun), Arg.Integer(skip), Arg.Integer(take)];
        return order.Sort == InstanceSort.LastExecuted
            ?
            [
                .. parameters,
                Arg.Number((long)skip + take),
                Arg.Flag(begun.Allowed.Any(IsRunning)),
                Arg.Flag(!begun.Allowed.All(IsRunning)),
            ]
            : parameters;
    }

    private async Task<(long Total, bool IsExact)> CountAsync(Begun begun, CancellationToken ct)
    {
        var isCheap = IsToldByIndex(begun);
        var arguments = FilterArguments(begun);
        var key = string.Join('\u001f', arguments.Select(Text));

        if (counts.Find(key) is { } known)
            return (known, isCheap);

        var total = (long)
            (
                await database.ReadFittedAsync(
                    CountText,
                    static reader => reader.GetInt64(0),
                    ct,
                    [.. arguments, isCheap ? Arg.Number(null) : Arg.Number(InstancePage.CountedAtMost)]
                )
            )[0];
        counts.Keep(key, total);
        return (total, isCheap || total < InstancePage.CountedAtMost);
    }

    /// <summary>True when all that is asked for stands in one index; then counting reads no instance.</summary>
    private static bool IsToldByIndex(Begun begun)
    {
        var filter = begun.Filter;
        var isPlain =
            filter is { Version: null, CorrelationId: null, ParentId: null, Updated.IsAny: true }
            && Split(begun.Allowed).SubStatuses is null;
        var isByVersion = filter.VersionId is not null;
        var isByEnd = !filter.Finished.IsAny;
        var hasMore =
            filter.DefinitionId is not null
            || !filter.DefinitionIds.IsDefaultOrEmpty
            || filter.HasIncidents is not null
            || begun.Allowed.Length < AllSubStatuses;
        return isPlain
            && (isByVersion, isByEnd) switch
            {
                (false, false) => true,
                (true, false) => !hasMore,
                (false, true) => !hasMore && filter.Created.IsAny,
                _ => false,
            };
    }

    private static readonly int AllSubStatuses = Enum.GetValues<WorkflowSubStatus>().Length;

    private readonly record struct Statuses(short? EndedAs, short[]? EndedAsAny, bool OrRuns, short[]? SubStatuses, bool? IsRunning);

    /// <summary>Sub-statuses in the form that an index can answer: those that ended by how, those that run by that alone where all of them are meant.</summary>
    private static Statuses Split(ImmutableArray<WorkflowSubStatus> allowed)
    {
        short[] ended = [.. allowed.Where(s => !IsRunning(s)).Select(s => (short)s)];
        short[] running = [.. allowed.Where(IsRunning).Select(s => (short)s)];
        var allRunning = Enum.GetValues<WorkflowSubStatus>().Count(IsRunning);
        var allEnded = AllSubStatuses - allRunning;

        return (ended.Length, running.Length) switch
        {
            (0, _) => new(null, null, false, running.Length == allRunning ? null : running, IsRunning: true),
            (1, 0) => new(ended[0], null, false, null, null),
            (_, 0) => ended.Length == allEnded ? new(null, null, false, null, IsRunning: false) : new(null, ended, false, null, null),
            _ when running.Length < allRunning => new(null, null, false, [.. ended, .. running], null),
            _ => ended.Length == allEnded ? default : new(null, ended, OrRuns: true, null, null),
        };
    }

    private static bool IsRunning(WorkflowSubStatus status) => WorkflowState.StatusOf(status) == WorkflowStatus.Running;

    private static NpgsqlParameter[] FilterArguments(Begun begun)
    {
        var filter = begun.Filter;
        var lines = filter.DefinitionIds.IsDefaultOrEmpty ? [] : filter.DefinitionIds.Distinct(StringComparer.Ordinal).ToArray();
        // One line by equality, so that its index gives the order too.
        var (line, others) = (filter.DefinitionId, lines) switch
        {
            (null, [var only]) => (only, null),
            (_, []) => (filter.DefinitionId, (string[]?)null),
            _ => (filter.DefinitionId, lines),
        };
        var statuses = Split(begun.Allowed);
        return
        [
            Arg.Text(line),
            Arg.TextsOrNull(others),
            Arg.Text(filter.VersionId),
            Arg.IntegerOrNull(filter.Version),
            Arg.Small(statuses.EndedAs),
            Arg.SmallsOrNull(statuses.EndedAsAny),
            Arg.Flag(statuses.OrRuns),
            Arg.SmallsOrNull(statuses.SubStatuses),
            Arg.Flag(statuses.IsRunning),
            Arg.Text(filter.CorrelationId),
            Arg.Text(filter.ParentId),
            Arg.Flag(filter.HasIncidents),
            .. Range(filter.Created),
            .. Range(filter.Updated),
            .. Range(filter.Finished),
            Arg.Time(filter.Before?.CreatedAt),
            Arg.Text(filter.Before?.Id),
            Arg.TextsOrNull(begun.Ids),
        ];
    }

    private static NpgsqlParameter[] Range(TimeRange range) =>
        [Arg.Time(range.From), Arg.Time(range.Until), Arg.TimesOrNull(range.Not.IsDefaultOrEmpty ? null : range.Not)];

    private static string Text(NpgsqlParameter parameter) =>
        parameter.Value switch
        {
            DBNull or null => "",
            Array many => string.Join('\u001e', many.Cast<object>().Select(o => Convert.ToString(o, CultureInfo.InvariantCulture))),
            DateTime at => at.Ticks.ToString(CultureInfo.InvariantCulture),
            var value => "=" + Convert.ToString(value, CultureInfo.InvariantCulture),
        };

    private static string Escaped(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);

    internal static InstanceSummary RowOf(NpgsqlDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetInt32(3),
            (WorkflowSubStatus)reader.GetInt16(4),
            reader.FindText(5),
            reader.FindText(6),
            reader.FindText(7),
            reader.GetInt32(8),
            reader.GetTime(9),
            reader.GetTime(10),
            reader.FindTime(11)
        );
}
