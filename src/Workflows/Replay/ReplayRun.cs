using System.Collections.Immutable;
using System.Globalization;

namespace ServiceLoop.Workflows.Replay;

/// <summary>A case that has not ended, and why.</summary>
/// <param name="Log">Its number in the log; null for one that the log does not know.</param>
/// <param name="Id">Its number in the product.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Why">What it waits for.</param>
internal sealed record OpenCase(string? Log, string Id, string Status, string Why);

/// <summary>The play itself: people do what is due, the product what follows from it, and time goes on to what is next.</summary>
internal sealed class ReplayRun(
    ReplayStage stage,
    SimulatedAgents agents,
    SimulatedCustomers customers,
    ReplayCluster cluster,
    ReplayProgress progress,
    ReplayOptions options
)
{
    private const int AtOnce = 8;

    // After the last entry of the log everything has its time to end: reminders, the week to come back, surveys.
    private static readonly TimeSpan AfterTheLog = TimeSpan.FromDays(60);
    private static readonly TimeSpan LookForEndEvery = TimeSpan.FromHours(6);
    private static readonly TimeSpan LookAtEscalationsEvery = TimeSpan.FromMinutes(15);

    private readonly HashSet<string> acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> spent = new(StringComparer.Ordinal);
    private DateTimeOffset looksForEndAt;
    private DateTimeOffset looksAtEscalationsAt;

    /// <summary>Plays all cases.</summary>
    public async Task PlayAsync(IReadOnlyList<ScriptedCase> scripts, CancellationToken ct)
    {
        var last = scripts.Max(s => s.Log.Events[^1].At) + AfterTheLog;
        customers.Plan(scripts);
        agents.PlanShifts(stage.Time.Now, last);
        var kill = options.KillAfter is { } share ? (int?)Math.Max(1, (int)(share * scripts.Count)) : null;

        var next = await RestAsync(ct);

        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var due = stage.Agenda.Take(stage.Time.Now);

            if (due.Count > 0)
            {
                var doing = Parallel.ForEachAsync(
                    due,
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
                    async (deed, token) => await deed(token)
                );

                // In the middle of what people ask for, and of what the product makes of it.
                if (kill is { } at && customers.Begun >= at)
                {
                    kill = null;
                    await cluster.KillOneAsync(ct);
                }

                await SpendAsync("people", doing);
                progress.Show(customers.Begun, scripts.Count, stage.Time.Now);
                next = await RestAsync(ct);
                continue;
            }

            await cluster.JoinAsync(ct);

            if (customers.Begun == scripts.Count && stage.Time.Now >= looksForEndAt)
            {
                looksForEndAt = stage.Time.Now + LookForEndEvery;

                if (!await HasOpenCasesAsync(ct))
                    break;
            }

            var planned = stage.Agenda.NextAt;
            var target = next is { } work && (planned is null || work < planned) ? work : planned;

            if (target is null || target > last)
                break;

            await SpendAsync("jumps", stage.Time.GoAsync(target.Value, ct));

            // Where only people have something to do at that moment, they are not kept waiting.
            if (planned is null || next <= target || stage.Time.IsFlowing)
                next = await RestAsync(ct);
        }

        await RestAsync(ct);
    }

    /// <summary>Real seconds by what they were spent on: the product at work, people at their doors, looks at what there is for people, jumps of time.</summary>
    public ImmutableSortedDictionary<string, double> Spent =>
        spent.ToImmutableSortedDictionary(s => s.Key, s => Math.Round(s.Value.TotalSeconds, 1), StringComparer.Ordinal);

    /// <summary>Cases that have not ended.</summary>
    public async Task<ImmutableArray<OpenCase>> OpenCasesAsync(CancellationToken ct)
    {
        var found = ImmutableArray.CreateBuilder<OpenCase>();
        string? after = null;

        do
        {
            var page = await stage.Doors.GetAsync($"/api/cases?open=true&take=200{(after is null ? "" : $"&after={after}")}", ct);

            foreach (var one in page.Items)
            {
                var id = one.Text("id")!;
                var tasks = await stage.Doors.GetAsync($"/api/tasks?open=true&caseId={id}", ct);
                var why = tasks
                    .Items.Select(t => $"task {t.Text("type")} {t.Text("state")} of {t.Text("assignee") ?? t.Text("queueId") ?? "nobody"}")
                    .ToList();
                found.Add(
                    new(
                        stage.FindCase(id)?.Log.Id,
                        one.Text("number") ?? id,
                        one.Text("status") ?? "",
                        why.Count > 0 ? string.Join(", ", why)
                            : one.Text("instanceId") is null ? "no workflow carries it"
                            : $"its workflow {one.Text("instanceId")} waits"
                    )
                );
            }

            after = page.Text("next");
        } while (after is not null);

        return found.ToImmutable();
    }

    /// <summary>Cases by where they ended, of all the product holds.</summary>
    public async Task<ImmutableSortedDictionary<string, int>> EndsAsync(CancellationToken ct)
    {
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string? after = null;

        do
        {
            var page = await stage.Doors.GetAsync($"/api/cases?take=200{(after is null ? "" : $"&after={after}")}", ct);

            foreach (var one in page.Items)
            {
                var end = $"{one.Text("status")}{(one.Text("resolutionCode") is { } code ? $", {code}" : "")}";
                ends[end] = ends.GetValueOrDefault(end) + 1;
            }

            after = page.Text("next");
        } while (after is not null);

        return ends.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>Waits until the product has nothing to do, and tells people what there is for them.</summary>
    /// <returns>When the product has something to do next; null for never.</returns>
    private async Task<DateTimeOffset?> RestAsync(CancellationToken ct)
    {
        var resting = stage.Time.RestAsync(ct);
        await SpendAsync("product", resting);
        await SpendAsync("looks", LookAsync(ct));
        return await resting;
    }

    private async Task SpendAsync(string what, Task doing)
    {
        var since = TimeProvider.System.GetTimestamp();
        await doing;
        spent[what] = spent.GetValueOrDefault(what) + TimeProvider.System.GetElapsedTime(since);
    }

    private async Task LookAsync(CancellationToken ct)
    {
        await customers.BindAsync(ct);
        await Task.WhenAll(agents.LookAsync(ct), customers.ReadAsync(ct));

        if (stage.Time.Now < looksAtEscalationsAt)
            return;

        looksAtEscalationsAt = stage.Time.Now + LookAtEscalationsEvery;
        var raised = await stage.Doors.GetAsync("/api/escalations?state=raised&take=100", ct);

        foreach (var escalation in raised.Items)
            if (
                escalation.Text("id") is { } id
                // Who overlooks one sees it the next day.
                && acknowledged.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{id}:{escalation.Text("level")}:{stage.Time.Now:yyyyMMdd}")
                )
            )
                PlanAcknowledgement(
                    id,
                    $"{(escalation.Text("caseId") is { } c ? stage.FindCase(c)?.Log.Id ?? id : id)}:{escalation.Text("level")}:{stage.Time.Now.DayOfYear}"
                );
    }

    private void PlanAcknowledgement(string id, string what)
    {
        if (stage.Chance.Happens($"ack:{what}", 0.85))
            stage.Agenda.Plan(
                stage.Time.Now + stage.Chance.Around($"ack:{what}:delay", TimeSpan.FromMinutes(12)),
                token => stage.Doors.PostAsync($"/api/escalations/{id}/acknowledge", new { note = "seen" }, agents.Ids[0], token)
            );
    }

    private async Task<bool> HasOpenCasesAsync(CancellationToken ct) =>
        customers.Unbound > 0 || (await stage.Doors.GetAsync("/api/cases?open=true&take=1", ct)).Items.Any();
}
