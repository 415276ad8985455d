using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.TestKit.Chance;

/// <summary>The services of the activities below: decides what they do, and what they get for an answer.</summary>
public sealed class TestServices(Dice dice) : IServiceProvider
{
    public Dice Dice { get; } = dice;

    public object? GetService(Type serviceType) => serviceType == typeof(TestServices) ? this : null;
}

/// <summary>Activities that use the whole of the SDK, in the host and inside the engine.</summary>
public static class TestActivities
{
    public static ActivityCatalog Catalog { get; } =
        ActivityCatalog
            .WithEngineActivities()
            .Add<HostAnswer>()
            .Add<HostWait>()
            .Add<HostParent>()
            .Add<HostJob>()
            .Add<HostTask>()
            .Add<Checked>()
            .Add<Listener>()
            .Add<Forgetful>()
            .Add<Reluctant>();
}

/// <summary>Completes in the host with a result, sometimes with an outcome, sometimes not at all: it throws.</summary>
[Activity("Test")]
[FlowNode("Done", "Other")]
public sealed class HostAnswer : CodeActivity<object?>
{
    [Input]
    public Input<object?> Question { get; set; } = new((object?)null);

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var dice = context.GetRequiredService<TestServices>().Dice;
        await Task.CompletedTask;

        if (dice.Percent(15))
            throw new WorkflowFaultException("The other side did not answer.", "TEST-1");

        Result.Set(context, dice.Percent(50) ? Question.Get(context) : SampleValues.Any(dice));
        context.SetVariable("x", dice.Below(10));

        if (dice.Percent(20))
            context.SetVariable("made" + (char)('a' + dice.Below(2)), SampleValues.Any(dice));

        if (dice.Percent(20))
            context.CorrelationId = "host-" + (char)('a' + dice.Below(3));

        if (dice.Percent(20))
            context.SetProperty("kept", SampleValues.Any(dice));

        if (dice.Percent(20))
            context.Record(new HostRow(context.ActivityInstanceId));

        if (dice.Percent(20))
            context.CompleteWithOutcomes("Other");
    }
}

/// <summary>A row that an activity wrote.</summary>
public sealed record HostRow(string Key);

/// <summary>Waits, and completes from a bookmark's callback in the host, at once or after a second wait.</summary>
[Activity("Test")]
public sealed class HostWait : CodeActivity<object?>
{
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.CreateBookmark(new BookmarkRequest("Test.Host") { IncludeActivityInstanceId = true }, OnCalled);
        return default;
    }

    private ValueTask OnCalled(ActivityExecutionContext context)
    {
        var dice = context.GetRequiredService<TestServices>().Dice;
        Result.Set(context, context.GetWorkflowInput("answer"));

        if (dice.Percent(15))
            throw new InvalidOperationException("The callback failed.");

        var count = context.GetProperty<long>("calls") + 1;
        context.SetProperty("calls", count);

        if (count < 3 && dice.Percent(30))
            context.CreateBookmark(
                new BookmarkRequest("Test.Host")
                {
                    DueAt = context.Now.AddMinutes(count),
                    Payload = context.ResumeInput.ToDictionary(p => p.Key, p => p.Value),
                },
                OnCalled
            );
        else
            context.Complete();

        return default;
    }
}

/// <summary>Schedules its child from the host and completes when it is told that the child has.</summary>
[Activity("Test")]
public sealed class HostParent : Activity
{
    [Port]
    public Activity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Body is null)
            context.Complete();
        else
            context.Schedule(Body, OnBody, 5, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 3, ["own"] = "o" });

        return default;
    }

    private void OnBody(ActivityExecutionContext context, ActivityCompletion completion)
    {
        context.SetVariable("x", completion.Tag);
        context.Complete(completion.Outcomes);
    }
}

/// <summary>Always runs in the background.</summary>
[Activity("Test", Kind = ActivityKind.Job)]
public sealed class HostJob : CodeActivity<object?>
{
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var dice = context.GetRequiredService<TestServices>().Dice;

        if (dice.Percent(20))
            throw new InvalidOperationException("The job failed.");

        Result.Set(context, SampleValues.Any(dice));
        return default;
    }
}

/// <summary>Runs in the background where the definition says so; asks for a commit before it.</summary>
[Activity("Test", Kind = ActivityKind.Task, Commit = CommitPoint.Before)]
public sealed class HostTask : CodeActivity
{
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.SetProperty("ran", true);
        return default;
    }
}

/// <summary>Asked before it runs; said no to, it stays pending.</summary>
[Activity("Test")]
public sealed class Checked : CodeActivity
{
    [Input]
    public Input<bool> May { get; set; } = new(true);

    protected override bool CanExecute(ActivityExecutionContext context) => May.Get(context);
}

/// <summary>Hears something a few times over the same bookmark, and gives up at a second one.</summary>
[Activity("Test")]
[FlowNode("Done", "GivenUp")]
public sealed class Listener : Activity
{
    protected override void Execute(ActivityExecutionContext context)
    {
        context.CreateBookmark(new BookmarkRequest("Test.Heard") { AutoBurn = false }, OnHeard);
        context.DelayFor(TimeSpan.FromHours(1), OnGivenUp);
    }

    private void OnHeard(ActivityExecutionContext context)
    {
        var heard = context.GetProperty<int>("heard") + 1;
        context.SetProperty("heard", heard);
        context.SetProperty("said", context.GetWorkflowInput("answer"));

        if (heard == 3)
            context.Complete();
    }

    private void OnGivenUp(ActivityExecutionContext context) => context.CompleteWithOutcomes("GivenUp");
}

/// <summary>Neither completes nor waits.</summary>
[Activity("Test")]
public sealed class Forgetful : Activity
{
    protected override void Execute(ActivityExecutionContext context) => context.SetProperty("forgot", true);
}

/// <summary>Completes, and only then asks for more: nothing may come of that.</summary>
[Activity("Test")]
public sealed class Reluctant : Activity
{
    [Port]
    public Activity? Body { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        context.Complete();
        context.CreateBookmark(new BookmarkRequest("Test.TooLate"));

        if (Body is not null)
            context.Schedule(Body);
    }
}
