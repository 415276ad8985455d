using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;

namespace ServiceLoop.Workflows.Replay;

/// <summary>A case of the log as it is played: who writes, what about, and which case of the product it became.</summary>
/// <param name="log">The case of the log.</param>
/// <param name="message">What the customer says first.</param>
/// <param name="email">Who the customer is.</param>
/// <param name="channel">Where the customer writes.</param>
internal sealed class ScriptedCase(LoggedCase log, CustomerMessage message, string email, string channel)
{
    /// <summary>The case of the log.</summary>
    public LoggedCase Log { get; } = log;

    /// <summary>What the customer says first.</summary>
    public CustomerMessage Message { get; } = message;

    /// <summary>What it is about in truth.</summary>
    public string Category => Message.Category;

    /// <summary>Who the customer is.</summary>
    public string Email { get; } = email;

    /// <summary>Where the customer writes.</summary>
    public string Channel { get; } = channel;

    /// <summary>The case of the product; null until it is known.</summary>
    public string? CaseId { get; set; }

    /// <summary>Contacts so far.</summary>
    public int Contacts { get; set; }

    /// <summary>The case of which somebody has looked at what triage made of it.</summary>
    public string? CheckedCaseId { get; set; }

    /// <summary>True once an answer of a bot has settled it for the customer.</summary>
    public bool IsHelped { get; set; }

    /// <summary>True once the customer was asked for a rating.</summary>
    public bool IsRated { get; set; }
}

/// <summary>What was counted; it can be compared between replays with the same seed.</summary>
internal sealed class ReplayTotals
{
    private readonly ConcurrentDictionary<(string Kind, string What), int> counts = new();

    /// <summary>Counts one.</summary>
    public void Count(string kind, string what) => counts.AddOrUpdate((kind, what), 1, (_, n) => n + 1);

    /// <summary>All counts, by kind and what.</summary>
    public ImmutableSortedDictionary<string, int> All =>
        counts.ToImmutableSortedDictionary(c => $"{c.Key.Kind} {c.Key.What}", c => c.Value, StringComparer.Ordinal);
}

/// <summary>What simulated people share.</summary>
internal sealed class ReplayStage(Doors doors, ReplayTime time, Agenda agenda, Chance chance, TimeZoneInfo zone)
{
    private readonly ConcurrentDictionary<string, ScriptedCase> byCase = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> queues = new(StringComparer.Ordinal);

    public Doors Doors { get; } = doors;

    public ReplayTime Time { get; } = time;

    public Agenda Agenda { get; } = agenda;

    public Chance Chance { get; } = chance;

    /// <summary>Zone of the desk.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    public ReplayTotals Totals { get; } = new();

    /// <summary>What messages are about.</summary>
    public IReadOnlyList<string> Categories { get; set; } = [];

    /// <summary>True when the product triages.</summary>
    public bool HasTriage { get; set; }

    /// <summary>True when a model was trained for this replay.</summary>
    public bool IsTrained { get; set; }

    /// <summary>The source whose contacts come signed, and its secret.</summary>
    public (string Id, string Secret) Source { get; set; }

    /// <summary>The queue for a category; null when none was said.</summary>
    public string? QueueOf(string category) => queues.GetValueOrDefault(category);

    /// <summary>Says which queue a category goes to.</summary>
    public void SetQueue(string category, string queue) => queues[category] = queue;

    /// <summary>The script of a case of the product; null for one that began otherwise.</summary>
    public ScriptedCase? FindCase(string caseId) => byCase.GetValueOrDefault(caseId);

    /// <summary>A case of the product has its script. Two contacts of one customer may lead to one case: the first keeps it.</summary>
    public void Bind(ScriptedCase scripted, string caseId)
    {
        scripted.CaseId = caseId;
        byCase.TryAdd(caseId, scripted);
    }

    /// <summary>A name that is the same in every replay, for what belongs to a task.</summary>
    public string CaseNameOf(string taskId) => caseOfTask.GetValueOrDefault(taskId) ?? taskId;

    /// <summary>Learns which case a task belongs to.</summary>
    public void Learn(JsonElement task)
    {
        if (task.Text("caseId") is { } caseId && FindCase(caseId) is { } scripted && task.Text("id") is { } id)
            caseOfTask.TryAdd(id, $"{scripted.Log.Id}:{task.Text("type")}");
    }

    private readonly ConcurrentDictionary<string, string> caseOfTask = new(StringComparer.Ordinal);
}
