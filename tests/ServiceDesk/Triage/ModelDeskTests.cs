using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Triage;

public sealed class ModelDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ModelDesk Models => desk.Get<ModelDesk>();

    public async ValueTask InitializeAsync() => desk = await DeskUnderTest.OpenAsync(postgres, new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_model_is_put_in_force_and_gone_back_from()
    {
        (await Should.ThrowAsync<DeskRefusedException>(Models.GoBackAsync(Ct))).Code.ShouldBe("triage-model.first");
        var a = await Models.AddAsync(Model(1), isActivated: true, Ct);
        var b = await Models.AddAsync(Model(2), isActivated: false, Ct);
        var c = await Models.AddAsync(Model(3), isActivated: true, Ct);

        (await Models.GetAsync(c.Version, Ct)).IsActive.ShouldBeTrue();
        (await Models.GoBackAsync(Ct)).Version.ShouldBe(a.Version);
        (await Should.ThrowAsync<DeskRefusedException>(Models.GoBackAsync(Ct))).Code.ShouldBe("triage-model.first");
        (await Models.ActivateAsync(b.Version, Ct)).IsActive.ShouldBeTrue();
        await Models.ActivateAsync(b.Version, Ct);
        await Models.ActivateAsync(c.Version, Ct);
        (await Models.GoBackAsync(Ct)).Version.ShouldBe(b.Version);
        (await Models.GoBackAsync(Ct)).Version.ShouldBe(a.Version);

        (await desk.Get<ModelStore>().ActiveAsync(Ct)).ShouldBe(a.Version);
        (await Models.ListAsync(Ct))
            .Select(m => (m.Version, m.IsActive))
            .ShouldBe([(c.Version, false), (b.Version, false), (a.Version, true)]);
        var content = await desk.Get<ModelStore>().ContentAsync(b.Version, Ct);
        content!.Value.Content.ShouldBe([2]);
        content.Value.Sha256.ShouldBe(b.Sha256);
        (await Models.GetAsync(b.Version, Ct)).Report!.Value.GetProperty("no").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        (await Should.ThrowAsync<DeskRefusedException>(Models.ActivateAsync(4711, Ct))).Code.ShouldBe("triage-model.unknown");
        (await Should.ThrowAsync<DeskRefusedException>(Models.AddAsync(Model(1) with { Content = default }, false, Ct))).Code.ShouldBe(
            "triage-model.size"
        );
    }

    private static TrainedModel Model(byte no) => new(new[] { no }, $$"""{ "no": {{no}} }""", 10, 2, 0.7, $"file {no}");
}
