using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.TestKit;

/// <summary>Runs one activity without host and database: the engine is the real one, services are what the test gives.</summary>
/// <remarks>
/// <c>var run = await ActivityTester.For(new Escalate { CaseId = "C-1" }).With&lt;ICaseDesk&gt;(desk).RunAsync();</c>
/// Any activity will do, a container with children too. Between two steps the state is written and read again.
/// </remarks>
public sealed class ActivityTester
{
    private readonly Activity activity;
    private readonly List<Variable> variables = [];
    private readonly List<IExpressionLanguage> languages = [];
    private readonly Dictionary<string, object?> inputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Services services = new();
    private IReadOnlyDictionary<string, object?>? triggerInput;
    private DateTimeOffset now = Noon;

    private ActivityTester(Activity activity) => this.activity = activity;

    /// <summary>When tests take place unless they say otherwise: Monday, 5 January 2026, 12:00 UTC.</summary>
    public static DateTimeOffset Noon { get; } = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Begins a test of an activity. The object can be used once.</summary>
    public static ActivityTester For(Activity activity) => new(activity);

    /// <summary>Gives the activity a service.</summary>
    public ActivityTester With<T>(T service)
        where T : notnull
    {
        services[typeof(T)] = service;
        return this;
    }

    /// <summary>Gives the activity's inputs a script language.</summary>
    public ActivityTester Language(IExpressionLanguage language)
    {
        languages.Add(language);
        return this;
    }

    /// <summary>Sets the moment of the first step, UTC.</summary>
    public ActivityTester At(DateTimeOffset moment)
    {
        now = moment;
        return this;
    }

    /// <summary>Declares a variable of the workflow around the activity.</summary>
    public ActivityTester Variable(string name, object? value = null)
    {
        variables.Add(new Variable(name, null, value));
        return this;
    }

    /// <summary>Gives the workflow around the activity an input.</summary>
    public ActivityTester Input(string name, object? value)
    {
        inputs[name] = value;
        return this;
    }

    /// <summary>The activity is the trigger of its workflow; this came with the stimulus.</summary>
    public ActivityTester TriggeredBy(params (string Name, object? Value)[] input)
    {
        triggerInput = input.ToDictionary(i => i.Name, i => i.Value, StringComparer.Ordinal);
        return this;
    }

    /// <summary>Runs the activity until it has ended or waits.</summary>
    public async Task<ActivityRun> RunAsync(CancellationToken ct = default)
    {
        var run = new ActivityRun(Compile(), activity, services, now) { DeclaredNames = variables.ConvertAll(v => v.Name) };
        await run.TakeAsync(
            new Stimulus.Start
            {
                Inputs = inputs,
                TriggerActivityId = triggerInput is null ? null : activity.Id,
                TriggerInput = triggerInput ?? ImmutableDictionary<string, object?>.Empty,
            },
            ct
        );
        return run;
    }

    /// <summary>What starts a workflow at the activity, as it is indexed when the workflow is published.</summary>
    public ImmutableArray<TriggerRecord> Triggers(out ImmutableArray<CompileError> errors)
    {
        activity.CanStartWorkflow = true;
        return TriggerIndex.Of(Compile(), now, out errors);
    }

    private WorkflowGraph Compile()
    {
        ActivityRun.WatchOutputs(activity);
        return new WorkflowCompiler(ActivityCatalog.WithEngineActivities(), languages).Compile(activity, variables).GraphOrThrow();
    }

    private sealed class Services : Dictionary<Type, object>, IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IServiceProvider) ? this : this.GetValueOrDefault(serviceType);
    }
}
