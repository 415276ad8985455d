using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Tests;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.TestKit;
using ServiceLoop.Triage.Scoring;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Tests.Scoring;

/// <summary>Two nodes on one database.</summary>
public sealed class ActiveModelTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private DeskUnderTest one = null!;
    private DeskUnderTest other = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        one = await NodeAsync();
        other = await NodeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await one.DisposeAsync();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Models_are_put_in_force_on_all_nodes_and_gone_back_from()
    {
        var first = await one.Get<ModelDesk>().AddAsync(Model("money", "parcel"), isActivated: true, Ct);
        await LookAsync();

        (await ClassifyAsync(one, "refund")).ShouldBe(($"{first.Version}", "money"));
        (await ClassifyAsync(other, "refund")).ShouldBe(($"{first.Version}", "money"));

        var second = await other.Get<ModelDesk>().AddAsync(Model("billing", "delivery"), isActivated: true, Ct);
        await LookAsync();
        (await ClassifyAsync(one, "refund")).ShouldBe(($"{second.Version}", "billing"));

        await one.Get<ModelDesk>().GoBackAsync(Ct);
        await LookAsync();
        (await ClassifyAsync(other, "refund")).ShouldBe(($"{first.Version}", "money"));

        // One that cannot be used leaves the one before in force.
        var broken = await one.Get<ModelDesk>().AddAsync(Model("a", "b") with { Content = new byte[] { 1, 2, 3 } }, isActivated: true, Ct);
        await LookAsync();
        (await one.Get<ModelStore>().ActiveAsync(Ct)).ShouldBe(broken.Version);
        (await ClassifyAsync(other, "refund")).ShouldBe(($"{first.Version}", "money"));
    }

    [Fact]
    public async Task A_node_that_is_told_loads_the_model_without_being_asked()
    {
        var listener = other.Get<NotifyListener>();
        await ((IHostedService)listener).StartAsync(Ct);
        await listener.Listening.WaitAsync(Patience, Ct);
        var watch = other.Get<IEnumerable<IHostedService>>().OfType<ModelWatch>().Single();
        await watch.StartAsync(Ct);
        await other.Get<ActiveModel>().LookAsync(Ct);

        var added = await one.Get<ModelDesk>().AddAsync(Model("gold", "silver"), isActivated: true, Ct);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Patience);

        while (other.Get<ActiveModel>().Version != added.Version)
            await Task.Delay(20, limit.Token);

        await watch.StopAsync(Ct);
        await ((IHostedService)listener).StopAsync(Ct);
    }

    private static TrainedModel Model(string money, string parcel)
    {
        LabelledText[] examples =
        [
            .. new[] { "I want a refund", "refund please", "money back", "give me my refund" }.Select(t => new LabelledText(t, money)),
            .. new[] { "where is my parcel", "parcel is late", "track the parcel", "no parcel came" }.Select(t => new LabelledText(
                t,
                parcel
            )),
        ];
        return ModelTraining
            .Run(
                examples,
                new()
                {
                    Folds = 2,
                    Threads = 1,
                    LeastTexts = 1,
                },
                null,
                null,
                Ct
            )
            .ToKept("test");
    }

    private static async Task<(string Version, string? Intent)> ClassifyAsync(DeskUnderTest node, string text)
    {
        var classified = await node.Get<IClassifier>().ClassifyAsync(text, Ct);
        return (classified.ModelVersion, classified.Ranked.IsEmpty ? null : classified.Ranked[0].Intent);
    }

    // What the watch of a node does every half minute.
    private async Task LookAsync()
    {
        await one.Get<ActiveModel>().LookAsync(Ct);
        await other.Get<ActiveModel>().LookAsync(Ct);
    }

    private Task<DeskUnderTest> NodeAsync() =>
        DeskUnderTest.OpenAsync(
            postgres,
            new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero),
            more => more.AddLogging().AddTriageModels(new StarterOptions { IsTrained = false })
        );
}
