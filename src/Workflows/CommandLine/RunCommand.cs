using System.Globalization;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>run</c>: runs one definition in memory, on a clock that jumps from timer to timer.</summary>
internal static class RunCommand
{
    /// <summary>Exit code when the workflow faulted.</summary>
    public const int Faulted = 2;

    /// <summary>Timers that one run fires: enough for a year of hours, and an end for a reminder that nobody stops.</summary>
    private const int MaxTimers = 10_000;

    public const string Usage = """
        run FILE.json [--input K=V …] [--resume NAME=JSON …] [--until TIME] [--journal] [--with FILE…] [--semantics S] [--correlation ID]
          Runs a definition in memory. Prints the lines of WriteLine, then one JSON object on one line: status, subStatus, outcomes, outputs,
          variables, bookmarks (what waits), incidents, correlationId, name, instanceId, time; other instances that came to be under instances.
          --input K=V …       inputs; V is JSON when it parses, otherwise text
          --resume NAME=JSON  wakes what waits, in the order given; NAME is looked up among all that waits, and the first of these that is found is
                              resumed, wherever it waits: id of an activity, name of an activity, name of an event (Elsa.Event), name of a task
                              (Elsa.RunTask). JSON (text when it does not parse; null when left out) is the payload of the event or the result of
                              the task; for other activities the members of an object are the input.
          --until TIME        fires timers up to a moment (ISO 8601) or for a span (2.00:00:00) from the beginning
          --journal           one JSON line for each event of an activity, before the object
          --with FILE…        further definitions: used as activities, or started as children
          --semantics S       sound, elsa-counter or elsa-token (default: what the definition asks for, else sound)
          --correlation ID    correlation id
          The clock begins at 2026-01-01T12:00:00Z and never runs: a resume is delivered as soon as something waits for it, and while nothing does,
          the clock jumps to the next timer; when all are delivered, the remaining timers fire, earliest first, until none is left, --until is reached
          or 10 000 have fired. Timers that would start further instances do not fire.
          Exit code: 0 when the workflow has finished, was cancelled or waits, 2 when it faulted, 1 when it could not be run.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(
            arguments,
            ["--input", "--resume", "--until", "--with", "--semantics", "--correlation"],
            ["--journal"],
            "--input",
            "--resume",
            "--with"
        );

        if (given.Free is not [var path])
            throw new UsageException("Name one definition file; further ones come with --with.");

        var inputs = Inputs(given.All("--input"));
        var resumes = given.All("--resume").Select(Pair).ToList();
        var until = given.Find("--until") is { } text ? Moment(text) : (DateTimeOffset?)null;
        var clock = new SettableClock(SettableClock.DefaultStart);
        var host = InMemoryHost.Create(
            clock,
            new InMemoryOptions
            {
                Semantics = Parts.Semantics(given.Find("--semantics")),
                TimersStartInstances = false,
                OnLine = line => console.Out.WriteLine(line.Text),
            }
        );

        if (!await PublishAsync(host, [.. given.All("--with"), path], console))
            return Commands.Failed;

        var definitionId = host.Definitions[^1].DefinitionId;
        var request = new StartRequest(definitionId) { Inputs = inputs, CorrelationId = given.Find("--correlation") };
        var started = await host.StartAsync(request, ct);

        if (started.Instance is not { } instance)
        {
            await console.Error.WriteLineAsync(started.Refusal);
            return Commands.Failed;
        }

        var timers = new TimerWalk(host, clock, until ?? DateTimeOffset.MaxValue, MaxTimers);

        foreach (var (name, value) in resumes)
            if (!await ResumeAsync(host, timers, name, value, ct))
                await console.Error.WriteLineAsync($"Nothing waits for '{name}'.");

        while (await timers.StepAsync(ct)) { }

        if (until is { } end)
            clock.AdvanceTo(end);

        if (given.Has("--journal"))
            foreach (var line in host.Instances.SelectMany(RunReport.Journal))
                await console.Out.WriteLineAsync(line);

        foreach (var sentence in host.Undelivered)
            await console.Error.WriteLineAsync(sentence);

        if (timers.IsExhausted)
            await console.Error.WriteLineAsync($"Stopped after {MaxTimers} timers; use --until.");

        await console.Out.WriteLineAsync(RunReport.Of(host, instance, clock.GetUtcNow()));
        return instance.State.SubStatus == WorkflowSubStatus.Faulted ? Faulted : Commands.Ok;
    }

    private static async Task<bool> PublishAsync(InMemoryWorkflows host, IReadOnlyList<string> paths, Commands.Console console)
    {
        var isGood = true;
        var files = paths.Select(DefinitionFile.Read).ToList();

        foreach (var file in files)
        {
            var errors = file.Errors;

            if (file.Definition is { } definition)
                try
                {
                    host.Publish(host.Import(definition).DefinitionId);
                }
                catch (WorkflowCompilationException e)
                {
                    errors = e.Errors;
                }

            foreach (var error in errors)
                await console.Error.WriteLineAsync(DefinitionFile.Line(file.Path, error));

            isGood &= errors.Count == 0;
        }

        return isGood;
    }

    private static async Task<bool> ResumeAsync(InMemoryWorkflows host, TimerWalk timers, string name, object? value, CancellationToken ct)
    {
        while (true)
        {
            var waiting = Waiter.Find(host, name);

            foreach (var waiter in waiting)
                await host.ResumeAsync(waiter.Instance.Id, waiter.Bookmark.Id, waiter.InputFor(value), ct);

            if (waiting.Count > 0)
                return true;

            if (!await timers.StepAsync(ct))
                return false;
        }
    }

    private static Dictionary<string, object?> Inputs(IReadOnlyList<string> texts)
    {
        var inputs = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

        foreach (var text in texts)
        {
            if (!text.Contains('=', StringComparison.Ordinal))
                throw new UsageException($"'{text}' has no '='. Write --input {text}=VALUE; VALUE is JSON, otherwise text.");

            var (name, value) = Pair(text);

            if (!inputs.TryAdd(name, value))
                throw new UsageException($"The input '{name}' is given twice.");
        }

        return inputs;
    }

    private static (string Name, object? Value) Pair(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);

        if (equals == 0)
            throw new UsageException($"'{text}' has no name before '='.");

        if (equals < 0)
            return (text, null);

        var value = text[(equals + 1)..];
        return (text[..equals], ValueJson.TryParse(value, out var parsed) ? parsed : value);
    }

    private static DateTimeOffset Moment(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? SettableClock.DefaultStart + span
        : DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment
        )
            ? moment
        : throw new UsageException($"'{text}' is neither a moment (2026-01-03T08:00:00Z) nor a span (2.00:00:00).");
}

/// <summary>Moves a clock from timer to timer.</summary>
internal sealed class TimerWalk(InMemoryWorkflows host, SettableClock clock, DateTimeOffset until, int budget)
{
    private int left = budget;

    /// <summary>True when it stopped because too many timers had fired.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Jumps to the next timer and fires what is due.</summary>
    /// <returns>False when there is none, or none in time.</returns>
    public async Task<bool> StepAsync(CancellationToken ct)
    {
        if (host.NextDueAt is not { } next || next > until)
            return false;

        if (left <= 0)
        {
            IsExhausted = true;
            return false;
        }

        clock.AdvanceTo(next);
        left -= Math.Max(1, await host.FireDueAsync(ct));
        return true;
    }
}
