using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Scripting;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Fuzz;

/// <summary>One broken promise.</summary>
/// <param name="Seed">Replays the case.</param>
/// <param name="Kind">Hang, memory, exception, or the promise that was broken.</param>
/// <param name="Message">What happened.</param>
/// <param name="Input">The definition, as it was given to the compiler.</param>
public sealed record FuzzFailure(ulong Seed, string Kind, string Message, byte[] Input);

/// <summary>What is mutated.</summary>
public enum FuzzTarget
{
    /// <summary>The bytes and members of recorded definitions, and whole hostile ones.</summary>
    Definitions,

    /// <summary>Random stimuli for valid random definitions.</summary>
    Stimuli,

    /// <summary>Both.</summary>
    All,
}

/// <summary>Runs one seed: makes a definition, compiles it, lives a life with it, and checks what was promised.</summary>
public sealed class FuzzCase(FuzzCorpus corpus)
{
    /// <summary>A case whose thread computes longer hangs. Definitions of megabytes compile in a fraction of it.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>By the clock on the wall: a case that does not end, yet computes little, is blocked. Generous, as other programs may take the processor.</summary>
    public static readonly TimeSpan BlockedLimit = TimeSpan.FromMinutes(2);

    /// <summary>A case that allocates more, live or not, is a memory failure.</summary>
    public const long MemoryLimit = 512L * 1024 * 1024;

    private static readonly WorkflowCompiler Compiler = new(TestActivities.Catalog, ScriptLanguages.All());

    /// <summary>Runs a seed under the watchdog; null when every promise was kept.</summary>
    public FuzzFailure? Run(ulong seed, FuzzTarget target)
    {
        var attempt = new Attempt(seed);
        return attempt.Watch(() => attempt.Make(this, target));
    }

    /// <summary>Runs one definition under each semantics and the watchdog; null when every promise was kept.</summary>
    public static FuzzFailure? Run(byte[] input)
    {
        foreach (var semantics in Enum.GetValues<FlowSemantics>())
        {
            var attempt = new Attempt(0) { Input = input };

            if (attempt.Watch(() => Check(input, [], semantics, new Dice(1), s => attempt.Stage = $"{semantics}, {s}")) is { } failure)
                return failure;
        }

        return null;
    }

    /// <summary>Compiles bytes and lives with them; for inputs that were kept.</summary>
    public static void Check(byte[] input, IReadOnlyList<byte[]> others, FlowSemantics semantics, Dice dice, Action<string> stage)
    {
        stage("read");
        WorkflowDefinition definition;
        CompileResult compiled;
        var source = new List<WorkflowDefinition>();

        try
        {
            definition = ElsaJson.Read(input);
            source.Add(definition);
            source.AddRange(others.Select(o => ElsaJson.Read(o)));
            stage("compile");
            compiled = Compiler.Compile(definition, new DefinitionSet(source), semantics);
        }
        catch (WorkflowCompilationException e)
        {
            CheckErrors(e.Errors, "refused");
            return;
        }

        if (compiled.Graph is not { } graph)
        {
            CheckErrors([.. compiled.Errors.Where(e => e.Severity == CompileSeverity.Error)], "not compiled");
            return;
        }

        stage("write");
        Promise(ElsaJson.Read(ElsaJson.Write(definition)).Json.ValueKind == JsonValueKind.Object, "what was read cannot be written");
        stage("triggers");
        TriggerIndex.Of(graph, RandomHistory.Noon, out var errors);
        CheckErrors(errors, "triggers", least: 0);
        Live(graph, dice, 12, stage);
    }

    /// <summary>A life, with the promises that hold for every step.</summary>
    public static void Live(WorkflowGraph graph, Dice dice, int length, Action<string> stage)
    {
        var history = new RandomHistory(graph, dice);
        var time = ProcessorTime.OfThisThread();

        var before = GC.GetAllocatedBytesForCurrentThread();

        // Long bursts make long lives; the limits are for single steps that do not end or take everything.
        for (
            var i = 0;
            i < length && time.Elapsed < TimeLimit / 4 && GC.GetAllocatedBytesForCurrentThread() - before < MemoryLimit / 4;
            i++
        )
        {
            stage($"stimulus {i}");
            var stimulus = history.Next();
            stage($"stimulus {i}: {stimulus.GetType().Name}");

            if (!history.Take(stimulus))
                throw new InvalidOperationException($"{stimulus} made the engine throw", history.Failure);

            var state = history.State;
            var stored = StateJson.Read(StateJson.Write(state));
            var alive = state.Frames.Select(f => f.Id).ToHashSet();

            Promise(StepText.Of(stored) == StepText.Of(state), "the state is another one after it was stored");
            Promise(state.Bookmarks.All(b => alive.Contains(b.FrameId)), "a bookmark belongs to nothing that lives");
            Promise(state.Queue.All(q => q.Owner == 0 || alive.Contains(q.Owner)), "a queued item belongs to nothing that lives");
            Promise(
                state.SubStatus is not (WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
                    || (state.Frames.IsEmpty && state.Bookmarks.IsEmpty && state.Queue.IsEmpty),
                "something lives after the end"
            );
            Promise(state.SubStatus != WorkflowSubStatus.Faulted || state.Bookmarks.IsEmpty, "a faulted instance waits");
            Promise(
                state.SubStatus is not (WorkflowSubStatus.Suspended or WorkflowSubStatus.Executing)
                    || state.Frames.Length + state.Queue.Length > 0,
                "it runs, but nothing lives"
            );
        }
    }

    private static void CheckErrors(IReadOnlyList<CompileError> errors, string what, int least = 1)
    {
        Promise(errors.Count >= least, $"{what} without an error");

        foreach (var error in errors)
            Promise(
                error.Code.Length > 0 && error.Path.StartsWith('$') && error.Message.Length > 10,
                $"{what} with an error that says too little: {error}"
            );
    }

    private static void Promise(bool kept, string otherwise)
    {
        if (!kept)
            throw new BrokenPromiseException(otherwise);
    }

    private sealed class Attempt(ulong seed)
    {
        private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

        private FuzzFailure? failure;

        public byte[] Input { get; set; } = [];

        public string Stage { get; set; } = "make";

        /// <summary>On a thread with a stack of the usual size, as a server would run it.</summary>
        public FuzzFailure? Watch(Action action)
        {
            ProcessorTime? time = null;
            var thread = new Thread(() =>
            {
                var own = ProcessorTime.OfThisThread();
                Volatile.Write(ref time, own);
                Try(action);

                if (own.Elapsed > TimeLimit)
                    failure ??= TooLong();
            })
            {
                IsBackground = true,
            };
            var clock = Stopwatch.StartNew();
            thread.Start();

            while (!thread.Join(LookEvery))
            {
                if (Volatile.Read(ref time)?.Elapsed > TimeLimit)
                    return TooLong();

                if (clock.Elapsed > BlockedLimit)
                    return new(seed, "hang", $"It did not end within {BlockedLimit.TotalSeconds} s, in: {Stage}", Input);
            }

            return failure;
        }

        private FuzzFailure TooLong() => new(seed, "hang", $"It computed longer than {TimeLimit.TotalSeconds} s, in: {Stage}", Input);

        private void Try(Action action)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();

            try
            {
                action();
                var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

                if (bytes > MemoryLimit)
                    failure = new(seed, "memory", $"It allocated {bytes / 1024 / 1024} MB, the last of it in: {Stage}", Input);
            }
            catch (BrokenPromiseException e)
            {
                failure = new(seed, "promise", $"{e.Message}, in: {Stage}", Input);
            }
            catch (Exception e)
            {
                failure = new(seed, e is OutOfMemoryException ? "memory" : "exception", $"{e}\nin: {Stage}", Input);
            }
        }

        public void Make(FuzzCase fuzz, FuzzTarget target)
        {
            var dice = new Dice(seed);

            if (target == FuzzTarget.Stimuli || (target == FuzzTarget.All && dice.Percent(25)))
            {
                var workflow = RandomWorkflow.Of(seed, dice.Of(Enum.GetValues<FlowSemantics>()));
                Input = Encoding.UTF8.GetBytes(workflow.Main.ToJsonString());
                Live(workflow.Graph(), dice, 60, s => Stage = s);
                return;
            }

            var semantics = dice.Of(Enum.GetValues<FlowSemantics>());
            var (input, others) = fuzz.Definition(dice);
            Input = input;
            Check(input, others, semantics, dice, s => Stage = $"{semantics}, {s}");
        }
    }

    private (byte[] Input, IReadOnlyList<byte[]> Others) Definition(Dice dice)
    {
        if (dice.Percent(4))
            return (HostileDefinitions.Any(dice), []);

        var given = dice.Percent(75) ? corpus.Any(dice) : Random(dice);
        var mutator = new DefinitionMutator(dice, corpus);
        var input = given[0];

        if (dice.Percent(95))
            input = mutator.Mutate(input);

        return (input, [.. given.Skip(1).Select(g => dice.Percent(20) ? mutator.Mutate(g) : g)]);
    }

    private static IReadOnlyList<byte[]> Random(Dice dice)
    {
        var workflow = RandomWorkflow.Of(dice.Bits(), FlowSemantics.Sound);
        return [.. workflow.Subs.Prepend(workflow.Main).Select(d => JsonSerializer.SerializeToUtf8Bytes(d))];
    }

    private sealed class BrokenPromiseException(string message) : Exception(message);
}
