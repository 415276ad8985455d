using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>What the machine is not sure of, and nobody looks at, in the shipped <c>service-case</c>.</summary>
public sealed class UncheckedTriageTests : IAsyncLifetime
{
    private ShippedDesk desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => desk = await ShippedDesk.OpenAsync(new Doubts());

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task When_nobody_checks_in_time_the_case_goes_on_without_the_guess()
    {
        var id = await desk.ContactAsync("Any news about this?", "en");
        (await desk.TypesAsync(id)).ShouldBe(["triage-check"]);
        (await desk.Get<TriageDesk>().GetAsync(id, Ct)).Results.ShouldHaveSingleItem().Intent.ShouldBe("login_password");

        // Three hours of the office, which is closed for an hour and a half at noon.
        await desk.Desk.PassAsync(TimeSpan.FromHours(4.4));
        (await desk.TypesAsync(id)).ShouldBe(["triage-check"]);
        await desk.Desk.PassAsync(TimeSpan.FromHours(0.2));

        var work = (await desk.TasksAsync(id)).ShouldHaveSingleItem();
        (work.Type, work.QueueId).ShouldBe(("solve-case", "first-line"));
        (await desk.CaseAsync(id)).Category.ShouldBeNull();
    }

    [Fact]
    public async Task Who_confirms_the_guess_makes_it_the_category()
    {
        var id = await desk.ContactAsync("It does not work.", "en");

        await desk.AnswerAsync(id, "triage-check", "Confirm");

        (await desk.TypesAsync(id)).ShouldBe(["solve-case"]);
        (await desk.CaseAsync(id)).Category.ShouldBe("access");
    }

    /// <summary>Would say passwords, and is not sure of it.</summary>
    private sealed class Doubts : IClassifier
    {
        public ValueTask<Classification> ClassifyAsync(string text, CancellationToken ct) =>
            new(new Classification("words", [new("login_password", 0.2), new("refund", 0.1)], 0.6));
    }
}
