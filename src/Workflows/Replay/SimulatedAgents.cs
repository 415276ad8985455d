using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Replay;

/// <summary>Agents who sign on and off, take, decline and miss offers, work for a while and answer forms, and put right what triage got wrong.</summary>
internal sealed class SimulatedAgents(ReplayStage stage, int count)
{
    private const double Declines = 0.04;
    private const double Misses = 0.03;
    private const double Mistakes = 0.02;
    private const int MostTries = 6;

    private static readonly ImmutableDictionary<string, TimeSpan> HandleTimes = new Dictionary<string, TimeSpan>
    {
        ["solve-case"] = TimeSpan.FromMinutes(18),
        ["triage-check"] = TimeSpan.FromMinutes(2),
        ["identify-customer"] = TimeSpan.FromMinutes(2),
        ["check-result"] = TimeSpan.FromMinutes(4),
        ["call-now"] = TimeSpan.FromMinutes(1),
    }.ToImmutableDictionary();

    // What people choose among the outcomes of a form; a word that is not here is chosen seldom.
    private static readonly ImmutableDictionary<string, double> OutcomeWeights = new Dictionary<string, double>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["Done"] = 10,
        ["Solved"] = 80,
        ["Need customer"] = 14,
        ["Need third party"] = 2,
        ["Hand over"] = 3,
        ["Withdrawn"] = 1,
    }.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<string, bool> seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> done = new(StringComparer.Ordinal);

    /// <summary>Ids of all agents.</summary>
    public IReadOnlyList<string> Ids { get; } =
    [.. Enumerable.Range(1, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"agent-{n:00}"))];

    /// <summary>Plans the next day's shifts, from the day that a moment lies in.</summary>
    public void PlanShifts(DateTimeOffset from, DateTimeOffset until)
    {
        var day = TimeZoneInfo.ConvertTime(from, stage.Zone).Date;

        for (var i = 0; i < Ids.Count; i++)
            PlanShift(i, day, until);
    }

    /// <summary>Looks at what is offered, and lets the agents answer.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var offered = await stage.Doors.GetAsync("/api/tasks?open=true&state=Offered&take=199", ct);

        foreach (var task in offered.Items)
            stage.Learn(task);

        foreach (
            var agent in offered.Items.Where(t => !seen.ContainsKey(KeyOf(t))).Select(t => t.Text("offeredTo")).OfType<string>().Distinct()
        )
        {
            var offers = await stage.Doors.GetAsync($"/api/offers?agentId={agent}", ct);

            foreach (var offer in offers.Items)
                if (seen.TryAdd($"{offer.Text("taskId")}#{offer.Text("offerNo")}", true))
                    PlanAnswer(agent, offer);
        }

        // An offer's task is told apart by its revision: the offer itself is known only to who asks for the agent.
        foreach (var task in offered.Items)
            seen.TryAdd(KeyOf(task), true);
    }

    /// <summary>Work that agents have in hand after a crash of the replay's own request: taken up again.</summary>
    public void PlanWork(string agent, JsonElement task)
    {
        var id = task.Text("id")!;
        var what = WhatOf(task);
        var usual = HandleTimes.GetValueOrDefault(task.Text("type") ?? "", TimeSpan.FromMinutes(8));
        stage.Agenda.Plan(stage.Time.Now + stage.Chance.Around($"{what}:handle", usual), token => CompleteAsync(agent, id, 1, token));
    }

    private static string KeyOf(JsonElement task) => $"{task.Text("id")}@{task.Text("rev")}";

    private void PlanShift(int agent, DateTime day, DateTimeOffset until)
    {
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            day = day.AddDays(1);

        // Early and late shifts in turn.
        var starts = At(day.AddHours(agent % 2 == 0 ? 9 : 11));
        var ends = At(day.AddHours(agent % 2 == 0 ? 17 : 19));

        if (starts > until)
            return;

        var id = Ids[agent];
        stage.Agenda.Plan(starts, token => PresenceAsync(id, "Available", token));
        stage.Agenda.Plan(
            ends,
            async token =>
            {
                await PresenceAsync(id, "Offline", token);
                PlanShift(agent, day.AddDays(1), until);
            }
        );
    }

    private DateTimeOffset At(DateTime wall) => new DateTimeOffset(wall, stage.Zone.GetUtcOffset(wall)).ToUniversalTime();

    private async Task PresenceAsync(string agent, string status, CancellationToken ct) =>
        await stage.Doors.PutAsync("/api/presence", new { status }, agent, ct);

    private void PlanAnswer(string agent, JsonElement offer)
    {
        var task = offer.Text("taskId")!;
        var no = offer.Text("offerNo")!;
        var what = $"offer:{stage.CaseNameOf(task)}:{task.Split(':')[^1]}:{no}";
        var drawn = stage.Chance.Next(what);

        // Not answered: the product takes it back when its time is over, and after two in a row takes the agent for away.
        if (drawn < Misses)
        {
            stage.Agenda.Plan(stage.Time.Now + TimeSpan.FromMinutes(10), token => ComesBackAsync(agent, token));
            return;
        }

        var delay = stage.Chance.Around($"{what}:delay", TimeSpan.FromSeconds(12));
        var latest = TimeSpan.FromSeconds(offer.Text("channel") is "voice" or "callback" ? 12 : 100);
        stage.Agenda.Plan(
            stage.Time.Now + (delay < latest ? delay : latest),
            async token =>
            {
                if (drawn < Misses + Declines)
                {
                    await stage.Doors.PostAsync(
                        $"/api/offers/{Uri.EscapeDataString(task)}/{no}/decline",
                        new { reason = "busy" },
                        agent,
                        token
                    );
                    return;
                }

                var taken = await stage.Doors.PostAsync($"/api/offers/{Uri.EscapeDataString(task)}/{no}/accept", new { }, agent, token);

                if (taken.IsOk)
                    PlanWork(agent, taken.Body);
            }
        );
    }

    private async Task ComesBackAsync(string agent, CancellationToken ct)
    {
        var here = await stage.Doors.GetAsync("/api/presence", ct);

        if (here.Items.Any(p => p.Text("agentId") == agent && p.Text("status") == "Missed"))
            await PresenceAsync(agent, "Available", ct);
    }

    private async Task CompleteAsync(string agent, string id, int attempt, CancellationToken ct)
    {
        var found = await stage.Doors.GetAsync($"/api/tasks/{Uri.EscapeDataString(id)}", ct);

        // Ended meanwhile, by the customer or by time; or given to another.
        if (!found.IsOk || found.Text("assignee") != agent || found.Text("state") is not ("Assigned" or "InProgress"))
            return;

        var task = found.Body;
        var what = WhatOf(task);
        var scripted = task.Text("caseId") is { } caseId ? stage.FindCase(caseId) : null;

        if (scripted is not null)
            await CorrectAsync(agent, scripted, task.Text("caseId")!, ct);

        if (
            task.Text("type") == "call-now"
            && task.Text("caseId") is { } toCall
            && await CallAsync(agent, toCall, what, ct) is { } promised
        )
        {
            stage.Agenda.Plan(promised, token => CompleteAsync(agent, id, attempt, token));
            return;
        }

        var outcome = Choose(task, scripted, what);
        var answer = FormAnswer.Of(
            task.TryGetProperty("form", out var form) ? form : null,
            Known(scripted, task, what),
            stage.Chance,
            what
        );
        var told = await stage.Doors.PostAsync(
            $"/api/tasks/{Uri.EscapeDataString(id)}/complete",
            new
            {
                expectedRev = task.Number("rev"),
                operationId = $"replay-{id}",
                outcome,
                answer,
            },
            agent,
            ct
        );

        if (told.IsOk)
        {
            done.AddOrUpdate(KindOf(task), 1, (_, n) => n + 1);
            stage.Totals.Count("task", $"{task.Text("type")}:{outcome ?? "Done"}");

            if (outcome == "Need third party" && task.Text("caseId") is { } asked)
                PlanThirdParty(asked, what);
        }
        else if (told.Status == HttpStatusCode.Conflict && attempt < MostTries)
            stage.Agenda.Plan(stage.Time.Now + TimeSpan.FromSeconds(5), token => CompleteAsync(agent, id, attempt + 1, token));
    }

    /// <summary>Whoever was asked outside mostly answers, a day or so later.</summary>
    private void PlanThirdParty(string caseId, string what)
    {
        if (stage.Chance.Happens($"{what}:third", 0.8))
            stage.Agenda.Plan(
                stage.Time.Now + stage.Chance.Around($"{what}:third-delay", TimeSpan.FromHours(20)),
                token => stage.Doors.PostAsync("/elsa/api/events/third-party-answered/trigger", new { correlationId = caseId }, null, token)
            );
    }

    /// <summary>Calls the customer back, who is there or not.</summary>
    /// <returns>When to call, where the promised window has not begun; null: it was called.</returns>
    private async Task<DateTimeOffset?> CallAsync(string agent, string caseId, string what, CancellationToken ct)
    {
        var open = await stage.Doors.GetAsync($"/api/callbacks?caseId={caseId}&open=true", ct);
        // The task comes some minutes before the window.
        var begins = open.Items.Where(c => c.Text("state") == "reserved").Select(WindowOf).Where(w => w > stage.Time.Now).Min();

        if (begins is not null)
            return begins;

        foreach (var callback in open.Items)
        {
            var id = callback.Text("id");
            var dialled = await stage.Doors.PostAsync($"/api/callbacks/{id}/dial", new { }, agent, ct);

            if (!dialled.IsOk)
                continue;

            var no = dialled.Body.TryGetProperty("attempts", out var attempts) ? attempts.GetArrayLength() + 1 : 1;
            var outcome = stage.Chance.Weighted<string>(
                $"{what}:call:{no}",
                [("reached", 68), ("no-answer", 16), ("voicemail", 9), ("busy", 5), ("dropped", 2)]
            );
            var told = await stage.Doors.PostAsync($"/api/callbacks/{id}/attempts", new { no, outcome }, agent, ct);
            stage.Totals.Count("call", told.IsOk ? outcome : "not taken");
        }

        return null;

        static DateTimeOffset? WindowOf(JsonElement callback) =>
            callback.TryGetProperty("window", out var window) && window.ValueKind == JsonValueKind.Object
                ? window.GetProperty("start").GetDateTimeOffset()
                : null;
    }

    /// <summary>What a person knows who has looked at the case.</summary>
    private Dictionary<string, JsonNode?> Known(ScriptedCase? scripted, JsonElement task, string what)
    {
        var known = new Dictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["note"] = "Looked at by the simulated desk.",
            ["message"] = "We have looked at it and put it right. If anything is left open, just answer.",
            // What the matter was in truth does not depend on how often somebody worked on it.
            ["code"] = stage.Chance.Weighted<string>(
                $"{scripted?.Log.Id ?? what}:code",
                [("solved", 78), ("workaround", 12), ("no-fault", 6), ("referred", 4)]
            ),
        };

        if (scripted is null)
            return known;

        var category = stage.Chance.Happens($"{what}:mistake", Mistakes)
            ? stage.Chance.OneOf($"{what}:wrong", stage.Categories)
            : scripted.Category;
        known["intent"] = category;
        known["category"] = category;
        known["email"] = scripted.Email;

        if (task.TryGetProperty("form", out var form) && form.ValueKind == JsonValueKind.Object && stage.QueueOf(category) is { } queue)
            known["queue"] = queue;

        return known;
    }

    /// <summary>An agent who sees that triage was wrong puts it right: that is what triage is measured by, and learns from.</summary>
    private async Task CorrectAsync(string agent, ScriptedCase scripted, string caseId, CancellationToken ct)
    {
        if (scripted.CheckedCaseId == caseId || !stage.HasTriage)
            return;

        scripted.CheckedCaseId = caseId;
        var found = await stage.Doors.GetAsync($"/api/cases/{caseId}/triage", ct);

        if (
            found.IsOk
            && found.Body.TryGetProperty("results", out var results)
            && results.EnumerateArray().FirstOrDefault().Text("intent") is { } intent
            && intent != scripted.Category
            && found.Body.TryGetProperty("corrections", out var corrections)
            && corrections.GetArrayLength() == 0
        )
            await stage.Doors.PostAsync(
                $"/api/cases/{caseId}/triage/correction",
                new { intent = scripted.Category, reason = "read by the simulated desk" },
                agent,
                ct
            );
    }

    private string? Choose(JsonElement task, ScriptedCase? scripted, string what)
    {
        var outcomes = task.Texts("outcomes");

        // Whoever checks a triage has read the message.
        if (outcomes.Contains("Confirm") && outcomes.Contains("Correct") && scripted is not null)
            return task.TryGetProperty("content", out var content) && content.Text("intent") == scripted.Category ? "Confirm" : "Correct";

        return outcomes.Count == 0
            ? null
            : stage.Chance.Weighted<string>(
                $"{what}:outcome",
                [.. outcomes.Select((o, i) => (o, OutcomeWeights.GetValueOrDefault(o, i == 0 ? 10.0 : 1.0)))]
            );
    }

    /// <summary>
    /// The how-manyeth work of its kind that is done within the case: the same in every replay, as ids are not, and as how often it was taken up is not. An agent
    /// may lose it again, because of who was free in which second.
    /// </summary>
    private string WhatOf(JsonElement task)
    {
        var kind = KindOf(task);
        return $"work:{kind}:{done.GetValueOrDefault(kind) + 1}";
    }

    private string KindOf(JsonElement task)
    {
        var name = task.Text("caseId") is { } caseId && stage.FindCase(caseId) is { } scripted ? scripted.Log.Id : task.Text("id");
        return $"{name}:{task.Text("type")}";
    }
}
