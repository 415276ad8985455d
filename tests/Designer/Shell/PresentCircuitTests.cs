using System.Collections.Concurrent;
using ServiceLoop.Designer.Shell;

namespace ServiceLoop.Designer.Tests.Shell;

public sealed class PresentCircuitTests
{
    [Fact]
    public async Task What_comes_while_the_database_is_asked_who_it_is_begins_in_its_turn()
    {
        var door = new SlowDoor();
        var letters = new ConcurrentQueue<char>();
        var circuit = new PresentCircuit(door);
        var typed = "hello"
            .Select(letter =>
                circuit.CreateInboundActivityHandler(_ =>
                {
                    letters.Enqueue(letter);
                    return Task.CompletedTask;
                })(null!)
            )
            .ToList();

        door.Asked.Count.ShouldBe(1);

        for (var i = 0; i < typed.Count; i++)
        {
            await door.AskedAsync(i + 1);
            door.Asked[i].SetResult(true);
        }

        await Task.WhenAll(typed);
        new string([.. letters]).ShouldBe("hello");
    }

    [Fact]
    public async Task What_waits_for_something_that_comes_after_it_does_not_hold_it_up()
    {
        var answer = new TaskCompletionSource();
        var circuit = new PresentCircuit(new Somebody());
        var asks = circuit.CreateInboundActivityHandler(_ => answer.Task)(null!);
        var answers = circuit.CreateInboundActivityHandler(_ =>
        {
            answer.SetResult();
            return Task.CompletedTask;
        })(null!);

        await Task.WhenAll(asks, answers).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_refused_or_fails_holds_up_nothing(bool fails)
    {
        var door = new SlowDoor();
        var done = false;
        var circuit = new PresentCircuit(door);
        var first = circuit.CreateInboundActivityHandler(_ => Task.CompletedTask)(null!);
        var second = circuit.CreateInboundActivityHandler(_ =>
        {
            done = true;
            return Task.CompletedTask;
        })(null!);

        if (fails)
            door.Asked[0].SetException(new InvalidOperationException("The database is away."));
        else
            door.Asked[0].SetResult(false);

        await door.AskedAsync(2);
        door.Asked[1].SetResult(true);
        await second.WaitAsync(Patience, TestContext.Current.CancellationToken);
        done.ShouldBeTrue();
        first.IsFaulted.ShouldBe(fails);
    }

    private static TimeSpan Patience => TimeSpan.FromSeconds(60);

    /// <summary>Answers each question when the test wants it: true lets in.</summary>
    private sealed class SlowDoor : IPresence
    {
        private readonly Lock gate = new();
        private readonly List<TaskCompletionSource<bool>> asked = [];

        public IReadOnlyList<TaskCompletionSource<bool>> Asked
        {
            get
            {
                lock (gate)
                    return [.. asked];
            }
        }

        public async Task RunAsync(Func<Task> action)
        {
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

            lock (gate)
                asked.Add(answer);

            if (await answer.Task)
                await action();
        }

        public Task UseAsync() => Task.CompletedTask;

        public async Task AskedAsync(int times)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(Patience);

            while (Asked.Count < times)
                await Task.Delay(5, patience.Token);
        }
    }
}
