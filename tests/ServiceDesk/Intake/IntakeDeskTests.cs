using System.Text.Json;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Tracking;
using ServiceLoop.ServiceDesk.Webhooks;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Intake;

public sealed class IntakeDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8));
    private static int serial;
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IntakeDesk Intake => desk.Get<IntakeDesk>();

    private IntakeSources Sources => desk.Get<IntakeSources>();

    public async ValueTask InitializeAsync() => desk = await DeskUnderTest.OpenAsync(postgres, Morning);

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_same_contact_sent_at_once_is_kept_once_and_answered_the_same()
    {
        var key = NewId();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => WebAsync("Hello", key)));

        answers.Count(a => a.IsNew).ShouldBe(1);
        answers.Select(a => (a.InteractionId, a.StatusToken)).Distinct().ShouldHaveSingleItem();
        (await desk.ReadAsync<long>("select count(*) from interaction where external_id = $1", key)).ShouldBe(1);
    }

    [Fact]
    public async Task Another_contact_with_the_same_key_is_a_conflict_also_when_only_a_file_differs()
    {
        var key = NewId();
        await WebAsync("Hello", key, new IncomingFile("a.txt", "text/plain", "one"u8.ToArray()));

        (await WebAsync("Hello", key, new IncomingFile("a.txt", "text/plain", "one"u8.ToArray()))).IsNew.ShouldBeFalse();
        (await RefusedAsync(() => WebAsync("Hello", key, new IncomingFile("a.txt", "text/plain", "two"u8.ToArray())))).ShouldBe(
            "interaction.differs"
        );
        (await RefusedAsync(() => WebAsync("Other", key))).ShouldBe("interaction.differs");
    }

    [Fact]
    public async Task Two_who_send_other_contents_with_one_key_get_one_answer_and_one_refusal()
    {
        var key = NewId();

        var codes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => RefusedAsync(() => WebAsync($"Text {i}", key))));

        codes.Count(c => c is null).ShouldBe(1);
        codes.Where(c => c is not null).ShouldAllBe(c => c == "interaction.differs");
    }

    [Fact]
    public async Task The_id_of_the_channel_is_the_key_where_none_is_given_and_without_both_each_is_new()
    {
        var mail = $$"""{ "messageId": "<{{NewId()}}>", "from": "a@b.example", "text": "Hi" }""";

        (await SendAsync("email", mail)).IsNew.ShouldBeTrue();
        (await SendAsync("email", mail)).IsNew.ShouldBeFalse();
        (await WebAsync("Hello", null)).InteractionId.ShouldNotBe((await WebAsync("Hello", null)).InteractionId);
    }

    [Fact]
    public async Task Files_are_kept_with_their_facts()
    {
        var png = ChannelAdapterTests.PngOf(64, 32);

        var taken = await WebAsync("See the picture", NewId(), new IncomingFile("坏.png", "image/png", png));

        var file = (await Intake.FilesAsync(taken.InteractionId, Ct)).ShouldHaveSingleItem();
        (file.Name, file.Width, file.Height, file.Size).ShouldBe(("坏.png", 64, 32, png.Length));
        (await Intake.FileAsync(file.Id, Ct)).Content.ShouldBe(png);
    }

    [Fact]
    public async Task The_third_contact_about_an_open_case_from_any_channel_is_told_and_makes_it_more_urgent_once()
    {
        var (open, mail) = await OpenCaseAsync();

        var second = await SendAsync("email", $$"""{ "messageId": "{{NewId()}}", "from": "{{mail}}", "text": "One" }""");
        var chat = NewId();
        var third = await SendAsync(
            "chat",
            $$"""{ "messageId": "{{NewId()}}", "sessionId": "{{chat}}", "visitor": { "email": "{{mail}}" }, "text": "Two" }"""
        );
        var again = await SendAsync("chat", $$"""{ "messageId": "{{NewId()}}", "sessionId": "{{chat}}", "text": "Same chat" }""");
        var before = await desk.Get<CaseDesk>().GetAsync(open.Id, Ct);
        var fourth = await SendAsync("web", $$"""{ "email": "{{mail}}", "message": "Three" }""");

        (second.ContactNo, second.IsRepeated, second.CaseId).ShouldBe((1, false, open.Id));
        (third.ContactNo, third.IsRepeated).ShouldBe((2, false));
        again.ContactNo.ShouldBe(2);
        (fourth.ContactNo, fourth.IsRepeated, fourth.CaseNumber).ShouldBe((3, true, open.Label));
        var after = await desk.Get<CaseDesk>().GetAsync(open.Id, Ct);
        (before.ContactNo, before.Urgency).ShouldBe((2, CaseUrgency.Normal));
        (after.ContactNo, after.Urgency, after.Priority).ShouldBe((3, CaseUrgency.Urgent, 2));
        (await Intake.GetAsync(fourth.InteractionId, Ct)).ContactNo.ShouldBe(3);
    }

    [Fact]
    public async Task A_signed_request_is_taken_once_and_its_contact_again_by_a_new_signature()
    {
        var source = await Sources.CreateAsync(new(NewId(), "social"), Ct);
        var body = $$"""{ "platform": "weibo", "postId": "{{NewId()}}", "authorId": "a", "text": "Help" }""";

        var taken = await SignedAsync(source, body, desk.Clock.GetUtcNow());
        (await RefusedAsync(() => SignedAsync(source, body, desk.Clock.GetUtcNow()))).ShouldBe("intake.replayed");
        desk.Clock.Advance(TimeSpan.FromSeconds(2));
        var again = await SignedAsync(source, body, desk.Clock.GetUtcNow());

        (taken.IsNew, again.IsNew, again.InteractionId).ShouldBe((true, false, taken.InteractionId));
    }

    [Fact]
    public async Task Replays_at_once_are_taken_once()
    {
        var source = await Sources.CreateAsync(new(NewId(), "web"), Ct);
        var now = desk.Clock.GetUtcNow();

        var codes = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => RefusedAsync(() => SignedAsync(source, """{ "message": "Hi" }""", now)))
        );

        codes.Count(c => c is null).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_not_signed_by_an_active_source_is_refused_the_same_whatever_is_wrong()
    {
        var source = await Sources.CreateAsync(new(NewId(), "web"), Ct);
        var other = await Sources.CreateAsync(new(NewId(), "web"), Ct);
        var off = await Sources.CreateAsync(new(NewId(), "web", IsActive: false), Ct);
        var (body, now) = ("""{ "message": "Hi" }""", desk.Clock.GetUtcNow());
        var good = WebhookSignature.Of(source.Secret, now, body);
        (string Id, string? Signature, string Body)[] attacks =
        [
            (source.Source.Id, null, body),
            (source.Source.Id, "", body),
            (source.Source.Id, good, """{ "message": "Ho" }"""),
            (source.Source.Id, good[..^1] + (good[^1] == '0' ? '1' : '0'), body),
            (source.Source.Id, good.Replace("v1=", "v0=", StringComparison.Ordinal), body),
            (source.Source.Id, $"{good},v1=00", body),
            (source.Source.Id, good.ToUpperInvariant(), body),
            (source.Source.Id, WebhookSignature.Of(source.Secret, now.AddMinutes(-6), body), body),
            (source.Source.Id, WebhookSignature.Of(source.Secret, now.AddMinutes(6), body), body),
            (source.Source.Id, $"t=99999999999999999999,{good.Split(',')[1]}", body),
            (source.Source.Id, WebhookSignature.Of(other.Secret, now, body), body),
            (other.Source.Id, good, body),
            (off.Source.Id, WebhookSignature.Of(off.Secret, now, body), body),
            ("nobody", good, body),
            (new string('x', 5000), good, body),
        ];

        foreach (var (id, signature, text) in attacks)
        {
            var refused = await Should.ThrowAsync<DeskRefusedException>(() =>
                Sources.ReceiveSignedAsync(id, signature, _ => Task.FromResult(Bytes(text)), null, Ct)
            );
            (refused.Kind, refused.Code).ShouldBe((DeskRefusal.Unknown, "intake.signature"), $"{id} {signature}");
        }

        (await SignedAsync(source, body, now.AddMinutes(-4))).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task No_body_is_read_of_who_cannot_have_signed_it()
    {
        var source = await Sources.CreateAsync(new(NewId(), "web"), Ct);
        var now = desk.Clock.GetUtcNow();
        var fresh = WebhookSignature.Of(source.Secret, now, "{}");
        (string Id, string? Signature)[] attacks =
        [
            ("nobody", fresh),
            (source.Source.Id, null),
            (source.Source.Id, "t=1,v1=00"),
            (source.Source.Id, WebhookSignature.Of(source.Secret, now.AddMinutes(-6), "{}")),
        ];

        foreach (var (id, signature) in attacks)
            (await RefusedAsync(() => Sources.ReceiveSignedAsync(id, signature, _ => throw new IOException("read"), null, Ct))).ShouldBe(
                "intake.signature"
            );
    }

    [Fact]
    public async Task A_signed_contact_that_could_not_be_kept_may_be_sent_again_as_it_is()
    {
        var source = await Sources.CreateAsync(new(NewId(), "web"), Ct);
        var (key, now) = (NewId(), desk.Clock.GetUtcNow());
        await WebAsync("Hello", key);
        const string body = """{ "message": "Other" }""";

        (await RefusedAsync(() => SignedAsync(source, body, now, key))).ShouldBe("interaction.differs");
        (await SignedAsync(source, body, now)).IsNew.ShouldBeTrue();
        (await RefusedAsync(() => SignedAsync(source, body, now, NewId()))).ShouldBe("intake.replayed");
        (await desk.ReadAsync<long>("select count(*) from interaction where body = 'Other'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_new_secret_makes_the_old_one_worthless()
    {
        var source = await Sources.CreateAsync(new(NewId(), "web"), Ct);
        await Sources.RenewSecretAsync(source.Source.Id, Ct);

        (await RefusedAsync(() => SignedAsync(source, """{ "message": "Hi" }""", desk.Clock.GetUtcNow()))).ShouldBe("intake.signature");
    }

    [Fact]
    public async Task A_source_has_a_name_of_its_own_and_a_channel_that_there_is()
    {
        var name = NewId();
        await Sources.CreateAsync(new(name, "web"), Ct);

        (await RefusedAsync(() => Sources.CreateAsync(new(name.ToUpperInvariant(), "web"), Ct))).ShouldBe("intake-source.name");
        (await RefusedAsync(() => Sources.CreateAsync(new(NewId(), "fax"), Ct))).ShouldBe("intake.channel");
        (await RefusedAsync(() => Sources.DeleteAsync("none", Ct))).ShouldBe("intake-source.unknown");
    }

    [Fact]
    public async Task What_is_erased_takes_its_files_with_it()
    {
        var (open, mail) = await OpenCaseAsync();
        var taken = await SendAsync(
            "web",
            $$"""{ "email": "{{mail}}", "message": "x" }""",
            new IncomingFile("a.txt", "text/plain", "x"u8.ToArray())
        );

        await desk.Get<CustomerDesk>().EraseAsync(open.CustomerId!, "asked", Ct);

        (await Intake.FilesAsync(taken.InteractionId, Ct)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Where is my order?", true)]
    [InlineData("Hi, any news on this?", true)]
    [InlineData("What's the status of my repair", true)]
    [InlineData("处理得怎么样了？", true)]
    [InlineData("我的退款什么时候能到账，还没收到", true)]
    [InlineData("帮我查一下进度", true)]
    [InlineData("The washing machine leaks", false)]
    [InlineData("我要开发票", false)]
    [InlineData("", false)]
    public void A_contact_that_only_asks_where_things_stand_is_known(string text, bool asks) =>
        StatusQuestions.AsksWhereItStands(text).ShouldBe(asks);

    private async Task<(ServiceCase Case, string Mail)> OpenCaseAsync()
    {
        var mail = $"{NewId()}@example.org";
        var customer = await desk.Get<CustomerDesk>().CreateAsync(new() { Name = "Ann" }, [new("email", mail)], Ct);
        return (await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer.Id, Category = "orders" }, Ct), mail);
    }

    private Task<IntakeReceipt> WebAsync(string message, string? key, params IncomingFile[] files) =>
        Intake.ReceiveAsync("web", new(JsonSerializer.SerializeToElement(new { message }), key, files), Ct);

    private Task<IntakeReceipt> SendAsync(string channel, string json, params IncomingFile[] files) =>
        Intake.ReceiveAsync(channel, new(JsonElement.Parse(json), null, files), Ct);

    private Task<IntakeReceipt> SignedAsync(NewIntakeSource source, string body, DateTimeOffset at, string? key = null) =>
        Sources.ReceiveSignedAsync(
            source.Source.Id,
            WebhookSignature.Of(source.Secret, at, body),
            _ => Task.FromResult(Bytes(body)),
            key,
            Ct
        );

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static async Task<string?> RefusedAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (DeskRefusedException refused)
        {
            return refused.Code;
        }
    }

    private static string NewId() => $"in{Interlocked.Increment(ref serial)}";
}
