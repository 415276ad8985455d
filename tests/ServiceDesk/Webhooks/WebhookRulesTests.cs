using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk.Tests.Webhooks;

public sealed class WebhookRulesTests
{
    private const string Secret = "c2VjcmV0";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_772_600_000);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    // Computed with openssl: printf '1772600000.{"a":1}' | openssl dgst -sha256 -hmac c2VjcmV0
    [Fact]
    public void The_signature_is_the_hmac_of_time_and_body() =>
        WebhookSignature
            .Of(Secret, Now, """{"a":1}""")
            .ShouldBe("t=1772600000,v1=849b1676614590f2593dc13f1026112664d10bce7cbb97f5c69160e0a4fbf58b");

    [Fact]
    public void A_genuine_signature_is_taken_within_its_time_and_only_with_its_body()
    {
        var signature = WebhookSignature.Of(Secret, Now, "{}");

        WebhookSignature.IsGenuine(Secret, signature, "{}", Now + TimeSpan.FromMinutes(4), Tolerance).ShouldBeTrue();
        WebhookSignature.IsGenuine(Secret, signature, "{}", Now + TimeSpan.FromMinutes(6), Tolerance).ShouldBeFalse();
        WebhookSignature.IsGenuine(Secret, signature, "{ }", Now, Tolerance).ShouldBeFalse();
        WebhookSignature.IsGenuine("b3RoZXI=", signature, "{}", Now, Tolerance).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("t=1")]
    [InlineData("t=x,v1=00")]
    [InlineData("t=99999999999999999999,v1=00")]
    [InlineData("t=9223372036854775807,v1=00")]
    [InlineData("v1=00,t=1772600000")]
    public void What_is_no_signature_is_refused_without_a_fault(string? signature) =>
        WebhookSignature.IsGenuine(Secret, signature, "{}", Now, Tolerance).ShouldBeFalse();

    [Theory]
    [InlineData("*", "case.closed", true)]
    [InlineData("case.*", "case.closed", true)]
    [InlineData("case.*", "cases.closed", false)]
    [InlineData("case.closed", "case.closed", true)]
    [InlineData("case.closed", "case.closed-again", false)]
    public void Events_are_heard_by_name_kind_or_all(string heard, string told, bool isHeard) =>
        new WebhookSubscription("1", "crm", "https://crm.example/", [heard], true, Now, "ann").Hears(told).ShouldBe(isHeard);

    [Fact]
    public void One_that_is_switched_off_hears_nothing() =>
        new WebhookSubscription("1", "crm", "https://crm.example/", ["*"], false, Now, "ann").Hears("case.closed").ShouldBeFalse();
}
