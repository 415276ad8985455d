using CsCheck;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Tests.Customers;

public sealed class IdentitiesTests
{
    [Theory]
    [InlineData(IdentityKind.Email, " Anna.Berg@Example.ORG ", "anna.berg@example.org")]
    [InlineData(IdentityKind.Email, "王@例子.测试", "王@xn--fsqu00a.xn--0zwm56d")]
    [InlineData(IdentityKind.Email, "ａｎｎａ＠example.org", "anna@example.org")]
    [InlineData(IdentityKind.Phone, "+86 138-0013-8000", "+8613800138000")]
    [InlineData(IdentityKind.Phone, "138 0013 8000", "+8613800138000")]
    [InlineData(IdentityKind.Phone, "１３８００１３８０００", "+8613800138000")]
    [InlineData(IdentityKind.Phone, "010-6552 9988", "+861065529988")]
    [InlineData(IdentityKind.Phone, "0044 (0) 20 7946 0000", "+442079460000")]
    [InlineData(IdentityKind.Phone, "(+49) 30/123456", "+4930123456")]
    [InlineData(IdentityKind.External, " CRM : 4711 ", "crm:4711")]
    [InlineData(IdentityKind.External, "wechat:oABC_d", "wechat:oABC_d")]
    public void The_same_identity_is_always_written_in_the_same_way(IdentityKind kind, string text, string normal) =>
        Identities.Normal(kind, text, "86", "value").ShouldBe(normal);

    [Theory]
    [InlineData(IdentityKind.Email, "anna")]
    [InlineData(IdentityKind.Email, "anna@localhost")]
    [InlineData(IdentityKind.Email, "a b@example.org")]
    [InlineData(IdentityKind.Email, "anna@exa mple.org")]
    [InlineData(IdentityKind.Email, "a@b@example.org")]
    [InlineData(IdentityKind.Email, "x'; drop table customer;--@example.org")]
    [InlineData(IdentityKind.Email, "a..b@example.org")]
    [InlineData(IdentityKind.Phone, "12345")]
    [InlineData(IdentityKind.Phone, "+86 138 0013 8000 ext 5")]
    [InlineData(IdentityKind.Phone, "+1234567890123456")]
    [InlineData(IdentityKind.Phone, "+0123456789")]
    [InlineData(IdentityKind.Phone, "{{ 7*7 }}")]
    [InlineData(IdentityKind.Phone, "++8613800138000")]
    [InlineData(IdentityKind.External, "4711")]
    [InlineData(IdentityKind.External, ":4711")]
    [InlineData(IdentityKind.External, "crm:")]
    [InlineData(IdentityKind.External, "c rm:4711")]
    [InlineData(IdentityKind.Email, "")]
    [InlineData(IdentityKind.Email, null)]
    [InlineData(IdentityKind.Phone, "\0+8613800138000")]
    public void What_is_no_identity_is_refused_with_its_field(IdentityKind kind, string? text) =>
        Should
            .Throw<DeskRefusedException>(() => Identities.Normal(kind, text, "86", "identities[0].value"))
            .Fields.Keys.ShouldBe(["identities[0].value"]);

    [Fact]
    public void A_number_without_country_needs_a_home() =>
        Should
            .Throw<DeskRefusedException>(() => Identities.Normal(IdentityKind.Phone, "13800138000", null, "value"))
            .Code.ShouldBe("identity.phone-home");

    [Fact]
    public void Every_text_is_normal_or_refused_and_what_is_normal_stays_so() =>
        Gen.Select(Gen.Enum<IdentityKind>(), Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789+-() @.:ab１＠"], 0, 20]))
            .Sample(
                (kind, text) =>
                {
                    try
                    {
                        var normal = Identities.Normal(kind, text, "86", "value");
                        Identities.Normal(kind, normal, "86", "value").ShouldBe(normal);
                    }
                    catch (DeskRefusedException refused)
                    {
                        refused.Fields.ShouldContainKey("value");
                    }
                },
                iter: 3000
            );

    [Fact]
    public void Most_of_a_value_is_hidden()
    {
        Identities.Masked(new(IdentityKind.Email, "anna@example.org", true)).ShouldBe("a…@example.org");
        Identities.Masked(new(IdentityKind.Phone, "+8613800138000", true)).ShouldBe("+86…8000");
        Identities.Masked(new(IdentityKind.External, "crm:1", true)).ShouldBe("…");
    }

    [Fact]
    public void Every_zone_of_the_countries_exists()
    {
        DialledCountries.All.Count().ShouldBeGreaterThan(100);
        DialledCountries.All.SelectMany(c => c.Zones).ShouldAllBe(z => LocalTimes.Find(z) != null);
        DialledCountries.Of("+8613800138000")!.Code.ShouldBe("CN");
        DialledCountries.Of("+85212345678")!.Code.ShouldBe("HK");
        DialledCountries.Of("+999123").ShouldBeNull();
    }
}
